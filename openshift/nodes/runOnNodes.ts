import type { Clock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import type { Cluster } from "../api/cluster";
import { debugPod, debugPodLabel, debugPodName, type NodeCommand } from "./debugPod";
import { ClusterStateError, isTransient } from "../api/errors";
import { startProblemOf, StartProblems } from "./startProblems";
import type { Pod } from "../api/types";

/** One command for several nodes. */
export interface NodesCommand {
  nodeNames: readonly string[];
  purpose: string;
  command: readonly string[];
  /** Image of the pods, if pods run it; it needs `chroot`. @default the machine-config daemon's */
  image?: string | undefined;
  deadlineMs: number;
  clock: Clock;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
  /** Called for each node when its command may run from now on. */
  onStarted?: (nodeName: string) => void;
  /** Called for each node once its command has succeeded, before what ran it is removed. */
  onSucceeded?: (nodeName: string) => Promise<void>;
  /** Called before that with what the command wrote to its standard output: 4096 bytes at most. */
  onOutput?: (nodeName: string, output: string) => void;
  /** Called for each node on which it could not even start, as sure as the API tells. */
  onNeverRan?: (nodeName: string) => void;
  /** Called for each node where it failed, instead of ending the run for all of them. */
  onFailed?: (nodeName: string, reason: string) => void;
}

/** Runs a command on the hosts of nodes: by pods or by SSH. */
export type RunOnNodes = (cluster: Cluster, run: NodesCommand) => Promise<void>;

/**
 * Where the pods run. The namespace exists in every cluster, admits privileged pods, and has on
 * each node a running pod (the machine-config daemon) whose image has `chroot` and is on the
 * node's disk: nothing is pulled, which `openshift/tools`, oc's choice, may need.
 */
const namespace = "openshift-machine-config-operator";
const daemonSelector = "k8s-app=machine-config-daemon";

/**
 * Runs a command on the hosts of all nodes at once and removes the pods again, whatever happens.
 *
 * @throws {ClusterStateError} naming the nodes where it failed
 * @throws {TimeoutError} naming the nodes where it did not end
 */
export async function runOnNodes(cluster: Cluster, run: NodesCommand): Promise<void> {
  if (run.nodeNames.length === 0) return;
  const images = await imagesByNode(cluster, run);
  const commands = run.nodeNames.map((nodeName) => ({
    nodeName,
    namespace,
    image: images.get(nodeName) ?? "",
    purpose: run.purpose,
    command: run.command,
    keepsOutput: run.onOutput !== undefined,
  }));
  try {
    await Promise.all(commands.map((command) => start(cluster, command, run)));
    await waitForPods(cluster, run);
  } finally {
    // not under the caller's signal: an abort must not leave privileged pods behind
    await removePods(cluster.withSignal(undefined), run);
  }
}

/**
 * Removes what a run that was killed has left: pods that wait still would run their command later.
 *
 * @throws {ClusterError} when the API refuses it
 */
export async function removeRuns(
  cluster: Cluster,
  run: Pick<NodesCommand, "nodeNames" | "purpose">,
): Promise<void> {
  await removePods(cluster.withSignal(undefined), run);
}

async function imagesByNode(cluster: Cluster, run: NodesCommand): Promise<Map<string, string>> {
  if (run.image !== undefined) return new Map(run.nodeNames.map((name) => [name, run.image ?? ""]));
  const pods = await cluster.listPods(namespace, daemonSelector);
  const images = new Map(
    pods.map((pod) => [pod.spec?.nodeName ?? "", pod.spec?.containers?.[0]?.image ?? ""]),
  );
  const without = run.nodeNames.filter((name) => !images.get(name));
  if (without.length === 0) return images;
  throw new ClusterStateError(`cannot run ${run.purpose} on every node`, [
    `no pod of ${namespace} with ${daemonSelector}, whose image would be used, on ${without.join(", ")}`,
  ]);
}

/** A pod of that name is an earlier run's: its command has to be run in this boot, so it is replaced. */
async function start(cluster: Cluster, command: NodeCommand, run: NodesCommand): Promise<void> {
  const pod = debugPod(command);
  await cluster.deletePod(namespace, pod.metadata.name);
  await cluster.createPod(namespace, pod);
  run.onStarted?.(command.nodeName);
}

async function waitForPods(cluster: Cluster, run: NodesCommand): Promise<void> {
  const pending = new Set(run.nodeNames);
  const problems = new StartProblems();
  await waitFor({
    what: `${run.purpose} to run on ${run.nodeNames.join(", ")}`,
    observe: () => settle(cluster, run, pending, problems),
    isDone: () => pending.size === 0,
    describe: (seen) => seen,
    deadlineMs: run.deadlineMs,
    clock: run.clock,
    signal: run.signal,
    intervalMs: 500,
    maxIntervalMs: 2000,
    onProgress: run.onProgress,
  });
}

/** One list call serves all nodes. */
async function settle(
  cluster: Cluster,
  run: NodesCommand,
  pending: Set<string>,
  problems: StartProblems,
): Promise<string> {
  const pods = await cluster.listPods(namespace, `${debugPodLabel}=${run.purpose}`);
  const ours = pods.filter((pod) => pending.has(pod.spec?.nodeName ?? ""));
  const succeeded = ours.filter((pod) => pod.status?.phase === "Succeeded");
  await Promise.all(
    succeeded.map(async (pod) => {
      const nodeName = pod.spec?.nodeName ?? "";
      run.onOutput?.(nodeName, endOf(pod)?.message ?? "");
      await run.onSucceeded?.(nodeName);
      pending.delete(nodeName);
    }),
  );
  const failed = ours
    .filter((pod) => pod.status?.phase === "Failed")
    .map((pod) => [pod, describePod(pod)] as const);
  const stuck = [...problems.lasting(ours, run.clock.now().getTime())];
  for (const [pod] of stuck) run.onNeverRan?.(pod.spec?.nodeName ?? "");
  const never = stuck.map(([pod, why]) => [pod, `${pod.spec?.nodeName ?? ""}: ${why}`] as const);
  noteFailures([...failed, ...never], run, pending);
  const rest = ours.filter((pod) => pending.has(pod.spec?.nodeName ?? "")).map(describePod);
  return `${run.nodeNames.length - pending.size} of ${run.nodeNames.length} done${rest.length > 0 ? `, ${rest.join(", ")}` : ""}`;
}

function noteFailures(
  failed: readonly (readonly [Pod, string])[],
  run: NodesCommand,
  pending: Set<string>,
): void {
  if (failed.length === 0) return;
  if (!run.onFailed) {
    const reasons = failed.map(([, why]) => why);
    throw new ClusterStateError(`${run.purpose} failed`, reasons);
  }
  for (const [pod, why] of failed) {
    const nodeName = pod.spec?.nodeName ?? "";
    run.onFailed(nodeName, why);
    pending.delete(nodeName);
  }
}

/** How the command ended; absent while it runs. */
function endOf(pod: Pod) {
  return pod.status?.containerStatuses?.[0]?.state?.terminated;
}

function describePod(pod: Pod): string {
  const { phase = "without phase", reason, message } = pod.status ?? {};
  const end = phase === "Failed" ? endOf(pod) : undefined;
  const ended = end && `exit code ${end.exitCode}`;
  const said = end?.message?.trim() === "" ? undefined : end?.message?.trim();
  const parts = [reason, message, ended, said, startProblemOf(pod)];
  const why = parts.filter((text) => text !== undefined).join(": ");
  return `${pod.spec?.nodeName ?? pod.metadata.name} ${phase}${why === "" ? "" : ` (${why})`}`;
}

/**
 * An API that no longer answers does not fail a command that has succeeded: after a shutdown its
 * masters are going down. What is left then is a finished pod, which the next run replaces.
 */
async function removePods(
  cluster: Cluster,
  run: Pick<NodesCommand, "nodeNames" | "purpose">,
): Promise<void> {
  await Promise.all(
    run.nodeNames.map((nodeName) =>
      cluster.deletePod(namespace, debugPodName(run.purpose, nodeName)).catch((error: unknown) => {
        if (!isTransient(error)) throw error;
      }),
    ),
  );
}
