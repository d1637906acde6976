import {
  backUpEtcd,
  connectCluster,
  openBastion,
  sshNodeAccess,
  sshNodeSessions,
  type Bastion,
  type Cluster,
  type EtcdBackupEvidence,
  type RunOnNodes,
} from "../../openshift";
import type { Context } from "../context";
import { addressOfServer } from "./addressOfServer";
import { readConsoleKeys } from "./consoleKeys";
import type { ClusterInputs } from "./inputs";
import { kubeconfigOf, loginOf } from "./reach";

/** A cluster that can be worked with, for as long as the work takes. */
export interface OpenedCluster {
  cluster: Cluster;
  /** How commands get to its nodes; undefined: by pods, the default of those who need it. */
  runOnNodes: RunOnNodes | undefined;
  /** Backs up etcd to a file of that name; undefined when that is not wanted. */
  backUpEtcd: ((fileName: string) => Promise<EtcdBackupEvidence>) | undefined;
}

/** For how long a bastion that is down may stay so, unless it is known to be booting. */
const usualPatienceMs = 60_000;

/**
 * Runs `work` with the cluster that the inputs name, reached as they say. An open bastion would keep
 * the process from ending: it is closed whatever becomes of the work.
 *
 * @param patienceMs for how long the bastion may be unreachable at first
 * @throws {InputError} with everything that is wrong with how the cluster is to be reached
 */
export async function withCluster<T>(
  inputs: ClusterInputs,
  context: Context,
  work: (opened: OpenedCluster) => Promise<T>,
  patienceMs = usualPatienceMs,
): Promise<T> {
  const bastion = await bastionOf(inputs, patienceMs, context);
  try {
    const { clock, signal } = context;
    const runOnNodes = runOnNodesOf(inputs, bastion, context);
    const kubeconfig = await kubeconfigOf("cluster", inputs, bastion, patienceMs, context);
    const { addresses } = inputs;
    const cluster = await connectCluster({ kubeconfig, bastion, addresses, clock, signal });
    const backUpEtcd = backUpEtcdOf(cluster, inputs, bastion, context);
    return await work({ cluster, runOnNodes, backUpEtcd });
  } finally {
    bastion?.close();
  }
}

async function bastionOf(
  { bastion, controller }: ClusterInputs,
  patienceMs: number,
  context: Context,
): Promise<Bastion | undefined> {
  if (!bastion) return undefined;
  const host = bastion.host ?? (await addressOfServer(controller ?? null, context));
  const login = loginOf("cluster.bastion", bastion, context.clusterSecrets.bastion);
  const hostKey =
    bastion.hostKey === "console"
      ? await readConsoleKeys(host, controller ?? null, patienceMs, context)
      : login.hostKey;
  return openBastion({ ...login, hostKey, host, keepAliveMs: bastion.keepAlive });
}

function runOnNodesOf(
  { nodeSsh }: ClusterInputs,
  bastion: Bastion | undefined,
  { clusterSecrets }: Context,
): RunOnNodes | undefined {
  if (!nodeSsh) return undefined;
  return sshNodeAccess(nodeSettingsOf(nodeSsh, clusterSecrets), bastion);
}

function backUpEtcdOf(
  cluster: Cluster,
  { nodeSsh, etcdBackup: directory }: ClusterInputs,
  bastion: Bastion | undefined,
  { clusterSecrets, clock, signal, report }: Context,
): OpenedCluster["backUpEtcd"] {
  if (!nodeSsh || !bastion || !directory) return undefined;
  const openNode = sshNodeSessions(nodeSettingsOf(nodeSsh, clusterSecrets), bastion);
  const common = { openNode, bastion, directory, clock, signal, onProgress: report };
  return (fileName) => backUpEtcd(cluster, { ...common, fileName });
}

function nodeSettingsOf(
  nodeSsh: NonNullable<ClusterInputs["nodeSsh"]>,
  { nodeAccess }: Context["clusterSecrets"],
) {
  return {
    ...loginOf("cluster.nodeAccess.ssh", nodeSsh, nodeAccess),
    acceptNew: nodeSsh.acceptNew,
  };
}
