import { waitForValue } from "../../common/wait";
import {
  backUpEtcd,
  connectCluster,
  openBastion,
  passingProblem,
  sshNodeAccess,
  sshNodeSessions,
  type Bastion,
  type Cluster,
  type ClusterConnection,
  type EtcdBackupEvidence,
  type RunOnNodes,
} from "../../openshift";
import type { LoginSecrets } from "../../snapset/clusterReach";
import type { Context } from "../context";
import { addressOfServer } from "./addressOfServer";
import { readConsoleKeys } from "./consoleKeys";
import type { ClusterInputs, LoginInputs } from "./inputs";

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
    const kubeconfig = await kubeconfigOf(inputs, bastion, patienceMs, context);
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
  const login = loginOf("bastion", bastion, context.clusterSecrets.bastion);
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
  return { ...loginOf("nodeAccess.ssh", nodeSsh, nodeAccess), acceptNew: nodeSsh.acceptNew };
}

/** The login as it was configured, with what is secret of it. */
function loginOf(key: string, login: LoginInputs, secrets: LoginSecrets | undefined) {
  const { user, port, knownHosts, hostKey, connectTimeout } = login;
  return {
    user,
    port,
    knownHosts: knownHosts ?? undefined,
    hostKey: hostKey ?? undefined,
    connectTimeoutMs: connectTimeout,
    passphrase: secrets?.passphrase,
    ...privateKeyOf(key, login, secrets),
  };
}

function privateKeyOf(where: string, { key }: LoginInputs, secrets: LoginSecrets | undefined) {
  if (key === null) return {};
  if (key !== "configured") return "file" in key ? { keyFile: key.file } : key;
  return { privateKey: kept(secrets?.privateKey, `${where}.privateKey`) };
}

/** Where the kubeconfig is; one on the bastion is read now, and the bastion may be booting. */
async function kubeconfigOf(
  { kubeconfig, remoteKubeconfig }: ClusterInputs,
  bastion: Bastion | undefined,
  patienceMs: number,
  context: Context,
): Promise<ClusterConnection["kubeconfig"]> {
  if (kubeconfig !== null) return { path: kubeconfig };
  if (bastion && remoteKubeconfig) return readFrom(bastion, remoteKubeconfig, patienceMs, context);
  return { content: kept(context.clusterSecrets.kubeconfigContent, "kubeconfigContent") };
}

async function readFrom(
  bastion: Bastion,
  path: string,
  patienceMs: number,
  { clock, signal, report }: Context,
) {
  const content = await waitForValue({
    what: `${path} on ${bastion.subject}`,
    observe: () => bastion.readFile(path),
    problemOf: passingProblem,
    describe: () => "read",
    deadlineMs: patienceMs,
    clock,
    signal,
    onProgress: (line) => {
      report(`waiting for the bastion: ${line}`);
    },
  });
  return { content, from: `${path} on ${bastion.subject}` };
}

/** What was a secret of the configuration when the resource was declared. */
function kept(secret: string | undefined, key: string): string {
  if (secret !== undefined) return secret;
  throw new Error(`the configuration has lost snapset:cluster.${key}`);
}
