import type { BastionSettings, NodeAccessSettings } from "../../snapset/clusterReach";
import type { ClusterSettings } from "../../snapset/config";
import type { Instance } from "../../snapset/snapsetData";

/** How to log in, as a resource's input: what is secret of it stays in the configuration. */
export interface LoginInputs {
  user: string;
  port: number;
  /** `configured`: the private key is in the stack's configuration. */
  key: { file: string } | { agent: string | true } | "configured" | null;
  knownHosts: string | null;
  hostKey: string | string[] | null;
  connectTimeout: number;
}

/** A host through which the cluster is reached, as a resource's input. */
export interface BastionInputs extends LoginInputs {
  /** Null: the controller. */
  host: string | null;
  keepAlive: number;
}

/** How to reach a cluster and how patient to be, as a resource's input. Durations in milliseconds. */
export interface ClusterInputs {
  /** Path of a kubeconfig; null when the stack's configuration holds it, or the bastion. */
  kubeconfig: string | null;
  // Absent in the state of stacks from before there were bastions: what reads them takes that too.
  /** Path of a kubeconfig on the bastion. */
  remoteKubeconfig?: string | null;
  bastion?: BastionInputs | null;
  /** Id of the environment's controller: the bastion where no other host is named. */
  controller?: string | null;
  /** Where the API is tried, `host:port`; none: at the kubeconfig's server. */
  addresses?: string[];
  /** Null: commands get to nodes by pods. */
  nodeSsh?: (LoginInputs & { acceptNew: boolean }) | null;
  stability: { beforeShutdown: number; initial: number; extended: number };
  /** How a revive ends: with the proof, or by the clock. */
  rounds: "proof" | "classic";
  rotation: {
    mode: "gate" | "accelerate" | "wait" | "off";
    minValidity: number;
    /** Absent in the state of older stacks. */
    deadline?: number;
    wait: number;
  };
  debugImage: string | null;
  /** For how long workers' pods are asked to go; 0 leaves them. Absent in older state, too. */
  drain?: number;
  /** A directory on the bastion for a backup of etcd; null: none is made. Absent in older state, too. */
  etcdBackup?: string | null;
  deadline: number;
}

/**
 * The settings without their secrets: these stay in the configuration, where providers read them.
 *
 * @param instances the environment's servers
 */
export function clusterInputsOf(
  settings: ClusterSettings,
  instances: readonly Pick<Instance, "uuid" | "role">[],
): ClusterInputs {
  return {
    kubeconfig: settings.kubeconfig ?? null,
    remoteKubeconfig: settings.remoteKubeconfig ?? null,
    bastion: bastionInputsOf(settings.bastion),
    controller: instances.find(({ role }) => role === "controller")?.uuid ?? null,
    addresses: settings.addresses,
    nodeSsh: nodeSshInputsOf(settings.nodeAccess),
    stability: settings.stability,
    rounds: settings.rounds,
    rotation: settings.rotation,
    debugImage: settings.debugImage ?? null,
    drain: settings.drain,
    etcdBackup: settings.etcdBackup ?? null,
    deadline: settings.deadline,
  };
}

/** The bastion's settings without their secrets. */
export function bastionInputsOf(settings: BastionSettings | undefined): BastionInputs | null {
  if (settings === undefined) return null;
  const { host, keepAlive } = settings;
  return { host: host ?? null, keepAlive, ...loginInputsOf(settings) };
}

function nodeSshInputsOf({ ssh }: NodeAccessSettings) {
  return ssh === undefined ? null : { ...loginInputsOf(ssh), acceptNew: ssh.acceptNew };
}

type LoginSettings = Omit<BastionSettings, "host" | "keepAlive">;

function loginInputsOf(settings: LoginSettings): LoginInputs {
  const { user, port, connectTimeout, knownHosts, hostKey } = settings;
  return {
    user,
    port,
    key: keyOf(settings),
    knownHosts: knownHosts ?? null,
    hostKey: hostKey ?? null,
    connectTimeout,
  };
}

function keyOf({ keyFile, privateKey, agent }: LoginSettings): LoginInputs["key"] {
  if (keyFile !== undefined) return { file: keyFile };
  if (agent !== undefined) return { agent };
  return privateKey === undefined ? null : "configured";
}
