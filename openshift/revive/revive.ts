import type { Clock } from "../../common/clock";
import { measureClockSkew, offAtByTheirClock } from "./clockSkew";
import type { Cluster } from "../api/cluster";
import { CsrApprovals, type CsrEvidence } from "../csr/CsrApprovals";
import type { Freshness } from "./freshness";
import { waitForProof } from "./proof/waitForProof";
import { waitForNodes, type NodesUp } from "./reviveNodes";
import {
  releaseAgain,
  requireIdentity,
  requireRouteApi,
  stableFor,
  stableIfPossible,
  uncordonNodes,
  waitForApi,
  waitForFreshness,
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
  /** Until when the captured certificates are valid. @default nobody knows */
  notAfter?: Date | undefined;
  /**
   * `proof`: over as soon as everything was seen alive and good for 20 s. `classic`: a short and two
   * long rounds of stable operators, by the clock.
   *
   * @default "proof"
   */
  rounds?: "proof" | "classic";
  /** The first of the classic rounds. @default 5 s */
  initialPeriodMs?: number;
  /** Each of the other classic rounds, and a proof with operators that show no life. @default 60 s */
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
  /** With certificates that have expired: until a kubelet asks for one. @default 5 min */
  kubelets: number;
  /** The initial round of stability; nodes are uncordoned then in any case. @default 5 min */
  initial: number;
  /** The proof, or each extended round of stability. @default 45 min */
  stable: number;
  /** Operators that show no life until then are reported as unproven. @default 5 min */
  freshness: number;
}

/** A cluster that starts has better things to do than to answer us, however many nodes it has. */
const requestsPerSecond = 3;

/** For how long everything has to be good when all of it is proven to be of this boot. */
const provenPeriodMs = 20_000;

const minuteMs = 60_000;
const defaultDeadlines: ReviveDeadlines = {
  api: 20 * minuteMs,
  nodes: 20 * minuteMs,
  kubelets: 5 * minuteMs,
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
  /** By how much the cluster's clock is ahead of ours; 0 within a few seconds. */
  clockSkewMs: number;
  steps: ReviveStep[];
  freshness: Freshness;
  uncordoned: string[];
  /** Requests for certificates that kubelets and others made. */
  certificateRequests: CsrEvidence;
}

/** What the steps share. */
export interface ReviveContext extends Revive {
  cluster: Cluster;
  deadlinesMs: ReviveDeadlines;
  beganAt: Date;
  /** A moment at which the cluster was off, by its own clock. */
  offAt: Date;
  /** Since when the captured certificates have been expired, by the cluster's clock. */
  expiredAt: Date | undefined;
  csrs: CsrApprovals;
  /** Runs a step and keeps its evidence. */
  step: <T>(name: string, run: () => Promise<{ value: T; seen: string }>) => Promise<T>;
}

/**
 * Waits for API and nodes, approves the certificates that they need, uncordons, and proves that the
 * cluster is well in *this* boot: health that was reported yesterday does not count. May be
 * repeated.
 *
 * @throws {ClusterStateError} when it is another cluster, or lacks the route API
 * @throws {TimeoutError} naming the step's last observation
 */
export async function revive(cluster: Cluster, options: Revive): Promise<ReviveEvidence> {
  const steps: ReviveStep[] = [];
  const begun = contextOf(cluster, options, steps);
  const startedAt = begun.beganAt.toISOString();
  const clusterId = await requireIdentity(begun, await waitForApi(begun));
  const clockSkewMs = await measureClockSkew(begun);
  const offAt = offAtByTheirClock(options.offAt ?? begun.beganAt, clockSkewMs);
  const theirNow = options.clock.now().getTime() + clockSkewMs;
  const isExpired = options.notAfter !== undefined && options.notAfter.getTime() <= theirNow;
  const context = { ...begun, offAt, expiredAt: isExpired ? options.notAfter : undefined };
  const up = await waitForNodes(context);
  const rounds = options.rounds === "classic" ? classicRounds : proofRound;
  const proven = await rounds(context, up, options.extendedPeriodMs ?? 60_000);
  const endedAt = options.clock.now().toISOString();
  const certificateRequests = context.csrs.evidence();
  return { startedAt, endedAt, clusterId, clockSkewMs, steps, certificateRequests, ...proven };
}

type Proven = Pick<ReviveEvidence, "freshness" | "uncordoned">;

async function proofRound(
  context: ReviveContext,
  { nodes, renewTimes }: NodesUp,
  unprovenMs: number,
): Promise<Proven> {
  const uncordoned = await uncordonNodes(context, nodes);
  const periods = { provenMs: Math.min(provenPeriodMs, unprovenMs), unprovenMs };
  const { freshness, isRouteApiSeen } = await waitForProof(context, renewTimes, periods);
  if (!isRouteApiSeen) await requireRouteApi(context);
  return { freshness, uncordoned };
}

/** The second long round begins only after every operator has shown life or has run out of time. */
async function classicRounds(
  context: ReviveContext,
  { renewTimes }: NodesUp,
  extendedMs: number,
): Promise<Proven> {
  await stableIfPossible(context, context.initialPeriodMs ?? 5000);
  const uncordoned = await uncordonNodes(context);
  await stableFor(context, "stable, extended 1", extendedMs);
  const freshness = await waitForFreshness(context, renewTimes);
  const again = await releaseAgain(context);
  await stableFor(context, "stable, extended 2", extendedMs);
  await requireRouteApi(context);
  const last = await releaseAgain(context);
  return { freshness, uncordoned: [...new Set([...uncordoned, ...again, ...last])] };
}

function contextOf(unpaced: Cluster, options: Revive, steps: ReviveStep[]): ReviveContext {
  const { clock, onProgress } = options;
  const cluster = unpaced.withPace(requestsPerSecond);
  return {
    ...options,
    cluster,
    deadlinesMs: { ...defaultDeadlines, ...options.deadlines },
    beganAt: clock.now(),
    offAt: options.offAt ?? clock.now(),
    expiredAt: undefined,
    csrs: new CsrApprovals(cluster, clock),
    step: async (name, run) => {
      onProgress?.(name);
      const startedAt = clock.now().toISOString();
      const { value, seen } = await run();
      steps.push({ step: name, startedAt, endedAt: clock.now().toISOString(), seen });
      return value;
    },
  };
}
