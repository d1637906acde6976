import type { Clock } from "../common/clock";
import type { Cluster } from "./cluster";
import type { Freshness } from "./freshness";
import {
  requireIdentity,
  requireRouteApi,
  stableFor,
  stableIfPossible,
  uncordonNodes,
  waitForApi,
  waitForFreshness,
  waitForNodes,
} from "./reviveSteps";

/** How to bring a restored cluster back, and what is known of it. */
export interface Revive {
  /** ClusterVersion's spec.clusterID at the capture; another cluster is refused. */
  clusterId?: string | undefined;
  /** Node → boot id at the capture. @default none: then a boot id proves nothing */
  bootIdsBefore?: Record<string, string>;
  /** Nodes that were cordoned before the capture: they stay so. @default none */
  cordonedBefore?: readonly string[];
  /** A moment at which the cluster was off, e.g. the set's capture time. @default now */
  offAt?: Date | undefined;
  /** @default 5 s */
  initialPeriodMs?: number;
  /** For each of two rounds. @default 60 s */
  extendedPeriodMs?: number;
  deadlines?: Partial<ReviveDeadlines>;
  clock: Clock;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** How long each step may take, in milliseconds. */
export interface ReviveDeadlines {
  /** @default 20 min */
  api: number;
  /** @default 20 min */
  nodes: number;
  /** The initial round of stability; nodes are uncordoned then in any case. @default 5 min */
  initial: number;
  /** Each extended round of stability. @default 45 min */
  stable: number;
  /** Operators that show no life until then are reported as unproven. @default 5 min */
  freshness: number;
}

const minuteMs = 60_000;
const defaultDeadlines: ReviveDeadlines = {
  api: 20 * minuteMs,
  nodes: 20 * minuteMs,
  initial: 5 * minuteMs,
  stable: 45 * minuteMs,
  freshness: 5 * minuteMs,
};

/** One step, when it began and ended (ISO 8601), and what was seen. */
export interface ReviveStep {
  step: string;
  startedAt: string;
  endedAt: string;
  seen: string;
}

/** What was proven. */
export interface ReviveEvidence {
  startedAt: string;
  endedAt: string;
  clusterId: string;
  steps: ReviveStep[];
  freshness: Freshness;
  uncordoned: string[];
}

/** What the steps share. */
export interface ReviveContext extends Revive {
  cluster: Cluster;
  deadlinesMs: ReviveDeadlines;
  beganAt: Date;
  /** Runs a step and keeps its evidence. */
  step: <T>(name: string, run: () => Promise<{ value: T; seen: string }>) => Promise<T>;
}

/**
 * Waits for API and nodes, uncordons, and proves that the cluster is stable in *this* boot. The
 * second extended round begins only after every operator has shown life or has run out of time:
 * health that was reported yesterday does not count towards it. May be repeated.
 *
 * @throws {ClusterStateError} when it is another cluster, or lacks the route API
 * @throws {TimeoutError} naming the step's last observation
 */
export async function revive(cluster: Cluster, options: Revive): Promise<ReviveEvidence> {
  const steps: ReviveStep[] = [];
  const context = contextOf(cluster, options, steps);
  const startedAt = context.beganAt.toISOString();
  const initial = options.initialPeriodMs ?? 5000;
  const extended = options.extendedPeriodMs ?? 60_000;

  await waitForApi(context);
  const clusterId = await requireIdentity(context);
  const renewTimesBefore = await waitForNodes(context);
  await stableIfPossible(context, initial);
  const uncordoned = await uncordonNodes(context);
  await stableFor(context, "stable, extended 1", extended);
  const freshness = await waitForFreshness(context, renewTimesBefore);
  await stableFor(context, "stable, extended 2", extended);
  await requireRouteApi(context);
  const endedAt = options.clock.now().toISOString();
  return { startedAt, endedAt, clusterId, steps, freshness, uncordoned };
}

function contextOf(cluster: Cluster, options: Revive, steps: ReviveStep[]): ReviveContext {
  const { clock, onProgress } = options;
  return {
    ...options,
    cluster,
    deadlinesMs: { ...defaultDeadlines, ...options.deadlines },
    beganAt: clock.now(),
    step: async (name, run) => {
      onProgress?.(name);
      const startedAt = clock.now().toISOString();
      const { value, seen } = await run();
      steps.push({ step: name, startedAt, endedAt: clock.now().toISOString(), seen });
      return value;
    },
  };
}
