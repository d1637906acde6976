import type { Clock } from "../../common/clock";
import { formatSeconds, InputError, TimeoutError } from "../../common/errors";
import type { Cluster } from "../api/cluster";
import { ClusterError } from "../api/errors";
import {
  advanceStability,
  describeFlapping,
  describeStability,
  nothingObserved,
  type StabilityObservation,
  type StabilityState,
} from "./stability";

/** How long to watch, and how. */
export interface StabilityWatch {
  /** For how long every operator has to be stable without a break. */
  periodMs: number;
  deadlineMs: number;
  /** Interval between two looks; a fifth of short periods. @default 10000 */
  pollMs?: number;
  clock: Clock;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** What was seen of a period of stability. Times are ISO 8601. */
export interface StabilityEvidence {
  startedAt: string;
  stableSince: string;
  endedAt: string;
  operators: number;
  observations: number;
  /** What was in the way until then, e.g. `ingress became Available=False`; the last ones of many. */
  changes: { at: string; what: string }[];
}

/** As many changes as evidence keeps. */
const changesKept = 50;

/**
 * Waits until every operator was stable for the whole period. A failed or empty list starts the
 * period anew.
 *
 * @throws {TimeoutError} at the deadline, naming the operators in the way
 */
export async function waitForStable(
  cluster: Cluster,
  watch: StabilityWatch,
): Promise<StabilityEvidence> {
  const { periodMs, clock } = watch;
  if (watch.deadlineMs <= periodMs) {
    throw new InputError("stability", [
      `the deadline (${formatSeconds(watch.deadlineMs)}) must be longer than the period (${formatSeconds(periodMs)})`,
    ]);
  }
  const started = clock.now().getTime();
  let state = nothingObserved;
  const changes: StabilityEvidence["changes"] = [];
  for (;;) {
    watch.signal?.throwIfAborted();
    state = advanceStability(state, await observe(cluster, clock), periodMs);
    changes.push(...changesOf(state));
    if (state.isDone) return { ...evidence(started, state), changes: changes.slice(-changesKept) };
    const elapsed = clock.now().getTime() - started;
    const line = describeStability(state, periodMs);
    if (elapsed >= watch.deadlineMs) {
      const what = `all operators to be stable for ${formatSeconds(periodMs)}`;
      const seen = [line, describeFlapping(state)].filter((text) => text !== "");
      throw new TimeoutError(what, elapsed, seen.join("; "));
    }
    watch.onProgress?.([line, ...state.changes].join("; "));
    const pause = Math.min(pauseAfter(state, watch), watch.deadlineMs - elapsed);
    await clock.sleep(pause, watch.signal);
  }
}

async function observe(cluster: Cluster, clock: Clock): Promise<StabilityObservation> {
  const askedAt = clock.now().getTime();
  try {
    const operators = await cluster.listClusterOperators();
    return { askedAt, answeredAt: clock.now().getTime(), operators };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { askedAt, answeredAt: clock.now().getTime(), error: error.message };
  }
}

/** A look comes at the very end of the period, so that waiting takes no longer than it must. */
function pauseAfter(state: StabilityState, watch: StabilityWatch): number {
  const poll = Math.min(watch.pollMs ?? 10_000, Math.max(watch.periodMs / 5, 1000));
  if (state.stableSince === undefined) return poll;
  const left = state.stableSince + watch.periodMs - watch.clock.now().getTime();
  return Math.max(Math.min(poll, left), 1);
}

function changesOf({ changes, problem, seenAt }: StabilityState): StabilityEvidence["changes"] {
  const at = new Date(seenAt).toISOString();
  const all = problem === undefined ? changes : [...changes, problem];
  return all.map((what) => ({ at, what }));
}

function evidence(started: number, state: StabilityState): Omit<StabilityEvidence, "changes"> {
  return {
    startedAt: new Date(started).toISOString(),
    stableSince: new Date(state.stableSince ?? state.seenAt).toISOString(),
    endedAt: new Date(state.seenAt).toISOString(),
    operators: state.operators,
    observations: state.observations,
  };
}
