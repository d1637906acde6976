import { waitForValue } from "../../common/wait";
import { passingProblem, type Bastion, type ClusterConnection } from "../../openshift";
import type { ClusterSecrets, LoginSecrets } from "../../snapset/clusterReach";
import type { RunContext } from "../context";
import type { ClusterInputs, LoginInputs } from "./inputs";

/** What a cluster is reached with: a run, and the secrets of its key in the configuration. */
export interface ReachContext extends RunContext {
  clusterSecrets: ClusterSecrets;
}

/**
 * The login as it was configured, with what is secret of it.
 *
 * @param key below `snapset:`, for messages, e.g. `cluster.bastion`
 */
export function loginOf(key: string, login: LoginInputs, secrets: LoginSecrets | undefined) {
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

/**
 * Where the kubeconfig is; one on the bastion is read now, and the bastion may be booting.
 *
 * @param key below `snapset:`, for messages, e.g. `cluster`
 */
export async function kubeconfigOf(
  key: string,
  { kubeconfig, remoteKubeconfig }: Pick<ClusterInputs, "kubeconfig" | "remoteKubeconfig">,
  bastion: Bastion | undefined,
  patienceMs: number,
  context: ReachContext,
): Promise<ClusterConnection["kubeconfig"]> {
  if (kubeconfig !== null) return { path: kubeconfig };
  if (bastion && remoteKubeconfig) return readFrom(bastion, remoteKubeconfig, patienceMs, context);
  return { content: kept(context.clusterSecrets.kubeconfigContent, `${key}.kubeconfigContent`) };
}

async function readFrom(
  bastion: Bastion,
  path: string,
  patienceMs: number,
  { clock, signal, report }: ReachContext,
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
  throw new Error(`the configuration has lost snapset:${key}`);
}
