import type { Clock } from "../common/clock";
import { messageOf } from "../common/errors";
import type { Cluster } from "./cluster";
import { ClusterStateError } from "./errors";
import {
  bootIdOf,
  cordonMark,
  isCordoned,
  isCordonedByUs,
  isReady,
  isToldToShutDown,
  shutdownMark,
} from "./nodes";
import { runOnNodes, type RunOnNodes } from "./runOnNodes";
import type { Node } from "./types";
import { undoOnNodes, uncordon } from "./undoQuiesce";
import { waitForStable, type StabilityEvidence } from "./waitForStable";

/** How to bring a cluster to rest. */
export interface Quiesce {
  /** How long all operators have to be stable beforehand. @default 60 s */
  stablePeriodMs?: number;
  /** @default 1 h */
  stableDeadlineMs?: number;
  /** How commands get to the nodes. @default runOnNodes: pods */
  runOnNodes?: RunOnNodes | undefined;
  /** Until every node's command has succeeded. @default 5 min */
  podDeadlineMs?: number;
  /** Image of the debug pods. @default the machine-config daemon's, which is on each node */
  image?: string | undefined;
  clock: Clock;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** What was done and seen. Times are ISO 8601. */
export interface QuiesceEvidence {
  startedAt: string;
  /** Absent when an earlier run had already begun to shut nodes down. */
  stable?: StabilityEvidence;
  cordonedAt: string;
  /** Nodes that somebody else had cordoned before: a revive leaves them so. */
  cordonedBefore: string[];
  /** Every node, the boot that ends, and when its shutdown command had succeeded. */
  nodes: { name: string; bootId: string; toldAt: string }[];
  endedAt: string;
}

/** Bringing a cluster to rest failed; what was changed has been given back, or not. */
export class QuiesceError extends Error {
  override readonly name = "QuiesceError";

  constructor(
    readonly undone: readonly string[],
    readonly notUndone: readonly string[],
    cause: unknown,
  ) {
    const given = undone.length > 0 ? `; given back: ${undone.join(", ")}` : "";
    const kept = notUndone.length > 0 ? `; not given back: ${notUndone.join(", ")}` : "";
    super(`the cluster could not be brought to rest: ${messageOf(cause)}${given}${kept}`, {
      cause,
    });
  }
}

/** One minute: enough for the last node to be told before the first goes down. */
const shutdownCommand = ["shutdown", "-h", "+1"] as const;

/**
 * Stable, all nodes cordoned, every node told to shut down in a minute. Returns when all are told:
 * that they are off is seen in the cloud. Goes on where an interrupted run stopped: once a node has
 * been told there is no way back to stability; before that, it begins anew.
 *
 * @throws {QuiesceError} saying what was given back
 */
export async function quiesce(cluster: Cluster, options: Quiesce): Promise<QuiesceEvidence> {
  const startedAt = options.clock.now().toISOString();
  const before = await cluster.listNodes();
  const cordonedBefore = before.filter((n) => isCordoned(n) && !isCordonedByUs(n)).map(nameOf);
  const touched: Touched = {
    cordoned: new Set(before.filter(isCordonedByUs).map(nameOf)),
    started: new Set(before.filter(isToldToShutDown).map(nameOf)),
    told: new Map(),
  };
  try {
    if (before.length === 0)
      throw new ClusterStateError("the cluster has no nodes", [cluster.server]);
    const stable = before.some(isToldToShutDown)
      ? undefined
      : await waitUntilStable(cluster, before, touched, options);
    await cordonAll(cluster, before, cordonedBefore, touched, options);
    const cordonedAt = options.clock.now().toISOString();
    await shutDownAll(cluster, touched, options);
    const nodes = before.map((node) => ({
      name: nameOf(node),
      bootId: bootIdOf(node),
      toldAt: touched.told.get(nameOf(node)) ?? startedAt,
    }));
    const endedAt = options.clock.now().toISOString();
    return { startedAt, ...(stable && { stable }), cordonedAt, cordonedBefore, nodes, endedAt };
  } catch (error) {
    throw await giveBack(cluster.withSignal(undefined), touched, options, error);
  }
}

/** What a run has changed so far: what it has to give back when it fails. */
interface Touched {
  cordoned: Set<string>;
  /** Nodes on which the shutdown command may have run. */
  started: Set<string>;
  /** Node → time at which its shutdown command had succeeded. */
  told: Map<string, string>;
}

/** Cordons of an interrupted run go first: with every node cordoned, operators need not get stable. */
async function waitUntilStable(
  cluster: Cluster,
  nodes: Node[],
  touched: Touched,
  options: Quiesce,
): Promise<StabilityEvidence> {
  await Promise.all(
    nodes.filter(isCordonedByUs).map(async (node) => {
      await uncordon(cluster, nameOf(node));
      touched.cordoned.delete(nameOf(node));
    }),
  );
  return waitForStable(cluster, {
    periodMs: options.stablePeriodMs ?? 60_000,
    deadlineMs: options.stableDeadlineMs ?? 3_600_000,
    clock: options.clock,
    signal: options.signal,
    onProgress: options.onProgress,
  });
}

async function cordonAll(
  cluster: Cluster,
  nodes: Node[],
  cordonedBefore: string[],
  touched: Touched,
  { clock, onProgress }: Quiesce,
): Promise<void> {
  const names = nodes.map(nameOf).filter((name) => !cordonedBefore.includes(name));
  onProgress?.(`cordoning ${names.join(", ")}`);
  await Promise.all(
    names.map(async (name) => {
      touched.cordoned.add(name);
      await cluster.patchNodeUnschedulable(name, true, { [cordonMark]: clock.now().toISOString() });
    }),
  );
}

async function shutDownAll(cluster: Cluster, touched: Touched, options: Quiesce): Promise<void> {
  const nodes = await cluster.listNodes();
  // a node that was told and has gone cannot be told again, and need not be
  const rest = nodes.filter((node) => isReady(node) || !isToldToShutDown(node));
  const dead = rest.filter((node) => !isReady(node)).map(nameOf);
  if (dead.length > 0) {
    const reasons = dead.map(
      (name) => `node ${name} is not Ready, so it cannot be told to shut down`,
    );
    throw new ClusterStateError("not every node can be shut down gracefully", reasons);
  }
  const boots = new Map(rest.map((node) => [nameOf(node), bootIdOf(node)]));
  await (options.runOnNodes ?? runOnNodes)(cluster, {
    nodeNames: [...boots.keys()],
    purpose: "shutdown",
    command: shutdownCommand,
    image: options.image,
    deadlineMs: options.podDeadlineMs ?? 300_000,
    clock: options.clock,
    signal: options.signal,
    onProgress: (line) => options.onProgress?.(`telling nodes to shut down: ${line}`),
    onStarted: (name) => {
      touched.started.add(name);
    },
    onSucceeded: async (name) => {
      touched.told.set(name, options.clock.now().toISOString());
      await cluster.patchNodeAnnotations(name, { [shutdownMark]: boots.get(name) ?? "" });
    },
  });
}

async function giveBack(
  cluster: Cluster,
  { started, cordoned }: Touched,
  options: Quiesce,
  cause: unknown,
): Promise<QuiesceError> {
  const { undone, notUndone } = await undoOnNodes(cluster, [...started], [...cordoned], options);
  return new QuiesceError(undone, notUndone, cause);
}

function nameOf(node: Node): string {
  return node.metadata.name;
}
