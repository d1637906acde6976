import { messageOf } from "../../common/errors";
import type { Cluster } from "../api/cluster";
import { ClusterStateError } from "../api/errors";
import { drain, type DrainEvidence } from "./drain";
import {
  bootIdOf,
  cordonMark,
  isCordoned,
  isCordonedByUs,
  isMaster,
  isToldToShutDown,
  nameOf,
} from "../nodes/nodes";
import { shutDownNodes, type ShutDownNodes, type Told } from "./shutDownNodes";
import type { Node } from "../api/types";
import { cancelShutdowns, undoOnNodes, uncordon } from "./undoQuiesce";
import { waitForStable, type StabilityEvidence } from "../stability/waitForStable";

/** How to bring a cluster to rest. */
export interface Quiesce extends ShutDownNodes {
  /** How long all operators have to be stable beforehand. @default 60 s */
  stablePeriodMs?: number;
  /** @default 1 h */
  stableDeadlineMs?: number;
  /** For how long the pods of workers are asked to go; 0 leaves them. @default 30 s */
  drainTimeoutMs?: number;
  /** Done when the cluster is stable, before anything of it is changed, e.g. a backup. @default nothing */
  whenStable?: (() => Promise<void>) | undefined;
}

/** What was done and seen. Times are ISO 8601. */
export interface QuiesceEvidence {
  startedAt: string;
  /** Absent when an earlier run had already begun to shut nodes down. */
  stable?: StabilityEvidence;
  cordonedAt: string;
  /** Nodes that somebody else had cordoned before: a revive leaves them so. */
  cordonedBefore: string[];
  /** Absent when there are no nodes but masters, or it was not wanted, or nodes had been told already. */
  drained?: DrainEvidence;
  /** After how many minutes the nodes go down, from when each was told. */
  delayMinutes: number;
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

/**
 * Stable, all nodes cordoned, workers drained, every node told to shut down. Returns when all are told:
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
    if (stable) await options.whenStable?.();
    await cordonAll(cluster, before, cordonedBefore, touched, options);
    const cordonedAt = options.clock.now().toISOString();
    const drained = stable && (await drainWorkers(cluster, before, options));
    const delayMinutes = await shutDownNodes(cluster, touched, options);
    const nodes = before.map((node) => ({
      name: nameOf(node),
      bootId: bootIdOf(node),
      toldAt: touched.told.get(nameOf(node)) ?? startedAt,
    }));
    const endedAt = options.clock.now().toISOString();
    const done = { ...(stable && { stable }), ...(drained && { drained }), delayMinutes, nodes };
    return { startedAt, ...done, cordonedAt, cordonedBefore, endedAt };
  } catch (error) {
    throw await giveBack(cluster.withSignal(undefined), touched, options, error);
  }
}

/** What a run has changed so far: what it has to give back when it fails. */
interface Touched extends Told {
  cordoned: Set<string>;
}

/**
 * What an interrupted run has done goes first: a node that it had told, and which does not say so yet,
 * would go down while we watch; and with every node cordoned, operators need not get stable.
 */
async function waitUntilStable(
  cluster: Cluster,
  nodes: Node[],
  touched: Touched,
  options: Quiesce,
): Promise<StabilityEvidence> {
  const ours = nodes.filter(isCordonedByUs);
  if (ours.length > 0) await callOff(cluster, ours.map(nameOf), options);
  await Promise.all(
    ours.map(async (node) => {
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

async function callOff(cluster: Cluster, names: string[], options: Quiesce): Promise<void> {
  options.onProgress?.(`calling off what an interrupted run began on ${names.join(", ")}`);
  const { failed } = await cancelShutdowns(cluster, names, options);
  if (failed.size === 0) return;
  const reasons = [...failed].map(([name, error]) => `${name}: ${messageOf(error)}`);
  throw new ClusterStateError("an interrupted run's shutdowns could not be called off", reasons);
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

async function drainWorkers(
  cluster: Cluster,
  nodes: readonly Node[],
  options: Quiesce,
): Promise<DrainEvidence | undefined> {
  const { drainTimeoutMs: timeoutMs = 30_000 } = options;
  if (timeoutMs === 0 || nodes.every(isMaster)) return undefined;
  return drain(cluster, nodes, { ...options, timeoutMs });
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
