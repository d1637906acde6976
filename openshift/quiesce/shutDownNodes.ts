import type { Clock } from "../../common/clock";
import { formatSeconds, messageOf, TimeoutError } from "../../common/errors";
import type { Cluster } from "../api/cluster";
import { ClusterStateError } from "../api/errors";
import {
  bootIdOf,
  describeNotReady,
  isReady,
  isToldToShutDown,
  shutdownMark,
  nameOf,
} from "../nodes/nodes";
import { runOnNodes, type RunOnNodes } from "../nodes/runOnNodes";
import { cancelShutdowns, shutdownPurpose } from "./undoQuiesce";

/** How to tell nodes to shut down. */
export interface ShutDownNodes {
  /** How commands get to the nodes. @default runOnNodes: pods */
  runOnNodes?: RunOnNodes | undefined;
  /** Until every node's command has succeeded, with the longest delay. @default 5 min */
  podDeadlineMs?: number;
  /** Image of the debug pods. @default the machine-config daemon's, which is on each node */
  image?: string | undefined;
  clock: Clock;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** Who has been told, kept up to date as it goes: what a failure has to take back. */
export interface Told {
  /** Nodes on which the shutdown command may have run. */
  started: Set<string>;
  /** Node → time at which its shutdown command had succeeded. */
  told: Map<string, string>;
}

/** The delay that nodes are first given, as the seeds' playbooks and Red Hat's procedure have it. */
const firstDelayMinutes = 1;

/** The share of the delay within which all have to be told; in the rest they can be called back. */
const tellingShare = 2 / 3;

/**
 * Tells every node to shut down, such that none goes down before the last has been told: all have to
 * be told within two thirds of the delay that each is given. Else those that were told are called
 * back, and all are told anew with twice the delay.
 *
 * @param touched is kept up to date
 * @returns the delay that holds, in minutes
 * @throws {ClusterStateError} when a node cannot be told at all
 * @throws {TimeoutError} when not all could be told before the deadline
 */
export async function shutDownNodes(
  cluster: Cluster,
  touched: Told,
  options: ShutDownNodes,
): Promise<number> {
  const boots = await bootsToEnd(cluster);
  const deadlineMs = options.podDeadlineMs ?? 300_000;
  for (let minutes = firstDelayMinutes; ; minutes *= 2) {
    const windowMs = Math.min(minutes * 60_000 * tellingShare, deadlineMs);
    try {
      const startedAt = options.clock.now().getTime();
      await tellAll(cluster, boots, minutes, windowMs, touched, options);
      requireInTime(startedAt, minutes * 60_000, touched);
      return minutes;
    } catch (error) {
      if (!(error instanceof TimeoutError) || windowMs >= deadlineMs) throw error;
      options.onProgress?.(
        `not all nodes could be told within ${formatSeconds(windowMs)}, so they are called back and told anew, with a delay of ${minutes * 2} minutes: ${error.lastSeen}`,
      );
      await callBack(cluster, touched, options, error);
    }
  }
}

/** A deadline ends no call that is under way, so an API that hangs may have taken longer. */
function requireInTime(startedAt: number, delayMs: number, { told }: Told): void {
  const lastAt = Math.max(startedAt, ...[...told.values()].map((at) => Date.parse(at)));
  if (lastAt - startedAt < delayMs) return;
  const what = "all nodes to be told before the first goes down";
  throw new TimeoutError(
    what,
    lastAt - startedAt,
    `the last was told after ${formatSeconds(lastAt - startedAt)}`,
  );
}

/** Every node that has not gone yet, and the boot that ends. */
async function bootsToEnd(cluster: Cluster): Promise<Map<string, string>> {
  const nodes = await cluster.listNodes();
  // a node that was told and has gone cannot be told again, and need not be
  const rest = nodes.filter((node) => isReady(node) || !isToldToShutDown(node));
  const dead = rest.filter((node) => !isReady(node));
  if (dead.length > 0) {
    const reasons = dead.map(
      (node) => `node ${nameOf(node)} ${describeNotReady(node)}, so it cannot be told to shut down`,
    );
    throw new ClusterStateError("not every node can be shut down gracefully", reasons);
  }
  return new Map(rest.map((node) => [nameOf(node), bootIdOf(node)]));
}

async function tellAll(
  cluster: Cluster,
  boots: ReadonlyMap<string, string>,
  minutes: number,
  deadlineMs: number,
  { started, told }: Told,
  options: ShutDownNodes,
): Promise<void> {
  await (options.runOnNodes ?? runOnNodes)(cluster, {
    nodeNames: [...boots.keys()],
    purpose: shutdownPurpose,
    command: ["shutdown", "-h", `+${minutes}`],
    image: options.image,
    deadlineMs,
    clock: options.clock,
    signal: options.signal,
    onProgress: (line) => options.onProgress?.(`telling nodes to shut down: ${line}`),
    onStarted: (name) => {
      started.add(name);
    },
    onNeverRan: (name) => {
      started.delete(name);
    },
    onSucceeded: async (name) => {
      told.set(name, options.clock.now().toISOString());
      await cluster.patchNodeAnnotations(name, { [shutdownMark]: boots.get(name) ?? "" });
    },
  });
}

/**
 * A node that was told and cannot be called back goes down before the others: that ends it. Of one
 * that was not seen to be told this is all but sure, and it is told anew in any case.
 */
async function callBack(
  cluster: Cluster,
  touched: Told,
  options: ShutDownNodes,
  cause: TimeoutError,
): Promise<void> {
  const { cancelled, failed } = await cancelShutdowns(cluster, [...touched.started], options);
  for (const name of cancelled) {
    touched.started.delete(name);
    touched.told.delete(name);
  }
  const lost = [...failed].filter(([name]) => touched.told.has(name));
  if (lost.length === 0) return;
  const reasons = lost.map(([name, error]) => `${name}: ${messageOf(error)}`);
  throw new ClusterStateError(
    `${cause.message}, and not every node could be called back`,
    reasons,
    {
      cause,
    },
  );
}
