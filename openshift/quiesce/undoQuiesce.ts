import type { Clock } from "../../common/clock";
import { messageOf, TimeoutError } from "../../common/errors";
import type { Cluster } from "../api/cluster";
import { ClusterError } from "../api/errors";
import { cordonMark, isCordonedByUs, isToldToShutDown, shutdownMark, nameOf } from "../nodes/nodes";
import { removeRuns, runOnNodes, type RunOnNodes } from "../nodes/runOnNodes";
import type { Node } from "../api/types";

/** How to take back what {@link quiesce} has done. */
export interface UndoQuiesce {
  /** Image of the debug pods. @default the machine-config daemon's, which is on each node */
  image?: string | undefined;
  /** How commands get to the nodes. @default runOnNodes: pods */
  runOnNodes?: RunOnNodes | undefined;
  clock: Clock;
}

/** What was given back, and what could not be, in words. */
export interface UndoneQuiesce {
  undone: string[];
  notUndone: string[];
}

const cancelCommand = ["shutdown", "-c"] as const;

/** Of the pods that tell nodes to shut down. */
export const shutdownPurpose = "shutdown";

/**
 * Takes back what an interrupted quiesce has left on nodes that still run: scheduled shutdowns are
 * cancelled, and the nodes that it cordoned are uncordoned.
 */
export async function undoQuiesce(cluster: Cluster, options: UndoQuiesce): Promise<UndoneQuiesce> {
  const nodes = await cluster.listNodes();
  // A node is cordoned before it is told, and may be told before that stands on it.
  const told = nodes.filter((node) => isToldToShutDown(node) || isCordonedByUs(node));
  return undoOnNodes(cluster, told.map(nameOf), nodes.filter(isCordonedByUs).map(nameOf), options);
}

/**
 * Cancels shutdowns first, as they run against the clock. Never throws: it tells what it could not
 * do.
 *
 * @param told nodes that may be about to shut down
 * @param cordoned nodes that were made unschedulable
 */
export async function undoOnNodes(
  cluster: Cluster,
  told: readonly string[],
  cordoned: readonly string[],
  options: UndoQuiesce,
): Promise<UndoneQuiesce> {
  const undone: string[] = [];
  const notUndone: string[] = [];
  const attempt = async (action: Promise<unknown>, done: string, left: string) => {
    try {
      await action;
      undone.push(done);
    } catch (error) {
      notUndone.push(`${left} (${messageOf(error)})`);
    }
  };
  const release = (name: string) =>
    attempt(uncordon(cluster, name), `${name} uncordoned`, `${name} is still cordoned`);
  // With its mark the next quiesce would take a node as told already; an uncordon takes it off too.
  const unmark = (name: string) =>
    attempt(
      cluster.patchNodeAnnotations(name, { [shutdownMark]: null }),
      `mark of ${name} removed`,
      `${name} is still marked as shutting down`,
    );
  const { cancelled, failed } = await cancelShutdowns(cluster, told, options);
  undone.push(...cancelled.map((name) => `shutdown of ${name} cancelled`));
  for (const [name, error] of failed) {
    notUndone.push(`${name} may be shutting down (${messageOf(error)})`);
  }
  await Promise.all(cordoned.map(release));
  await Promise.all(told.filter((name) => !cordoned.includes(name)).map(unmark));
  return { undone: undone.sort(), notUndone: notUndone.sort() };
}

/** Makes a node schedulable again, and takes our marks off it. */
export function uncordon(cluster: Cluster, name: string): Promise<Node> {
  return cluster.patchNodeUnschedulable(name, false, { [cordonMark]: null, [shutdownMark]: null });
}

/**
 * Cancels on all nodes at once, then on each by itself where that failed: what fails on one must not
 * hold up the others. Never throws.
 *
 * @param names nodes that may be about to shut down
 */
export async function cancelShutdowns(
  cluster: Cluster,
  names: readonly string[],
  options: UndoQuiesce,
): Promise<{ cancelled: string[]; failed: Map<string, unknown> }> {
  const cancelled = new Set<string>();
  const failed = new Map<string, unknown>();
  await removeWaiting(cluster, names, options);
  const cancel = async (nodeNames: readonly string[]): Promise<void> => {
    try {
      await cancelOn(cluster.withSignal(undefined), nodeNames, options, cancelled);
    } catch (error) {
      for (const name of nodeNames) if (!cancelled.has(name)) failed.set(name, error);
    }
  };
  await cancel(names);
  const again = [...failed].filter(([, error]) => !(error instanceof TimeoutError));
  await Promise.all(again.map(([name]) => cancel([name])));
  for (const name of cancelled) failed.delete(name);
  return { cancelled: [...cancelled], failed };
}

/** A pod of a killed run that has not started yet would tell its node after all. */
async function removeWaiting(
  cluster: Cluster,
  nodeNames: readonly string[],
  options: UndoQuiesce,
): Promise<void> {
  if (options.runOnNodes !== undefined) return;
  try {
    await removeRuns(cluster, { nodeNames, purpose: shutdownPurpose });
  } catch (error) {
    // what keeps us from removing it keeps us from cancelling too, and is told there
    if (!(error instanceof ClusterError)) throw error;
  }
}

function cancelOn(
  cluster: Cluster,
  nodeNames: readonly string[],
  options: UndoQuiesce,
  cancelled: Set<string>,
): Promise<void> {
  return (options.runOnNodes ?? runOnNodes)(cluster, {
    nodeNames,
    purpose: "cancel-shutdown",
    command: cancelCommand,
    image: options.image,
    // longer makes no sense: by then the node is off
    deadlineMs: 50_000,
    clock: options.clock,
    onSucceeded: (name) => {
      cancelled.add(name);
      return Promise.resolve();
    },
  });
}
