import { TimeoutError } from "../../../common/errors";
import { ClusterError } from "../../api/errors";
import type { Freshness } from "../freshness";
import type { ReviveContext } from "../revive";
import { csrFacts, type RenewTimes } from "../reviveNodes";
import { uncordonAgain } from "../uncordonAgain";
import type { ApiService } from "../../api/types";
import type { ProofFacts } from "./goodness";
import {
  advanceProof,
  describeBreaks,
  describeProof,
  nothingProven,
  type ProofObservation,
  type ProofRules,
  type ProofState,
} from "./proofState";

const longestPollMs = 3000;

/** For how long everything has to be good. */
export interface ProofPeriods {
  /** With every operator proven to be alive. */
  provenMs: number;
  /** With operators that show no life until the deadline for it. */
  unprovenMs: number;
}

/** What was proven. */
export interface Proof {
  freshness: Freshness;
  /** The API that comes last was among the API services, and so available. */
  isRouteApiSeen: boolean;
}

/**
 * Waits until every node, operator, machine config pool and API service was seen alive in this boot
 * and good for the whole period; approves certificates, and uncordons nodes that the machine config
 * operator has cordoned anew, while it looks.
 *
 * @throws {TimeoutError} at the deadline, naming what is in the way
 */
export function waitForProof(
  context: ReviveContext,
  renewTimesBefore: RenewTimes,
  periods: ProofPeriods,
): Promise<Proof> {
  return context.step("proof", async () => {
    const { clock, signal, deadlinesMs, onProgress } = context;
    const started = clock.now().getTime();
    const rules = { ...periods, unprovenFrom: started + deadlinesMs.freshness };
    let state = nothingProven;
    for (;;) {
      signal?.throwIfAborted();
      state = advanceProof(state, await look(context, renewTimesBefore), rules);
      if (state.isDone && state.freshness) {
        const isRouteApiSeen = state.facts?.apiServices?.some(isRouteApi) ?? false;
        return { value: { freshness: state.freshness, isRouteApiSeen }, seen: describeEnd(state) };
      }
      const elapsed = clock.now().getTime() - started;
      const line = describeProof(state, rules);
      if (elapsed >= deadlinesMs.stable) {
        const seen = [line, describeBreaks(state)].filter((text) => text !== "").join("; ");
        throw new TimeoutError("the proof that the cluster is back", elapsed, seen);
      }
      onProgress?.([line, ...state.changes.slice(0, 3)].join("; "));
      await clock.sleep(pauseAfter(state, rules, context), signal);
    }
  });
}

function isRouteApi({ metadata }: ApiService): boolean {
  return /\.route\.openshift\.io$/.test(metadata.name);
}

async function look(
  context: ReviveContext,
  renewTimesBefore: RenewTimes,
): Promise<ProofObservation> {
  const askedAt = context.clock.now().getTime();
  try {
    const facts = await readFacts(context, renewTimesBefore);
    await uncordonAgain(facts.nodes, context);
    return { askedAt, answeredAt: context.clock.now().getTime(), facts };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { askedAt, answeredAt: context.clock.now().getTime(), error: error.message };
  }
}

async function readFacts(
  context: ReviveContext,
  renewTimesBefore: RenewTimes,
): Promise<ProofFacts> {
  const { cluster, bootIdsBefore = {}, cordonedBefore = [], offAt } = context;
  const [nodes, operators, leases, pools, apiServices] = await Promise.all([
    cluster.listNodes(),
    cluster.listClusterOperators(),
    cluster.listLeases(),
    readable(cluster.listMachineConfigPools()),
    readable(cluster.listApiServices()),
  ]);
  const before = { bootIdsBefore, cordonedBefore, offAt, renewTimesBefore };
  const facts = csrFacts(nodes, context);
  const { waiting } = await context.csrs.pass(facts);
  const { names } = facts;
  return { ...before, nodes, names, operators, leases, pools, apiServices, csrsWaiting: waiting };
}

/** Undefined for what is not ours to read, or not there: it is no part of the proof then. */
async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ClusterError && [403, 404].includes(error.status ?? 0)) return undefined;
    throw error;
  }
}

/** A look comes at the very end of the period, so that waiting takes no longer than it must. */
function pauseAfter({ proven }: ProofState, rules: ProofRules, { clock }: ReviveContext): number {
  const pollMs = Math.min(longestPollMs, Math.max(rules.provenMs / 5, 1000));
  if (!proven) return pollMs;
  const left = proven.since + rules.provenMs - clock.now().getTime();
  if (left <= 0) return 1000;
  // a look takes seconds of its own, and one that begins before the end does not end the period
  return left < 2 * pollMs ? left : pollMs;
}

function describeEnd(state: ProofState): string {
  const { facts, proven, stable, unproven, observations } = state;
  const counted = (things: readonly unknown[] | undefined, what: string) =>
    things === undefined ? `${what} not readable` : `${things.length} ${what}`;
  const since = new Date((proven ?? stable)?.since ?? 0).toISOString();
  const parts = [
    counted(facts?.nodes, "nodes"),
    counted(facts?.operators, "operators"),
    counted(facts?.pools, "machine config pools"),
    counted(facts?.apiServices, "API services"),
  ];
  const doubts = unproven.length === 0 ? "" : `; unproven operators: ${unproven.join(", ")}`;
  const broken = describeBreaks(state);
  const seen = `good since ${since}, ${observations} looks: ${parts.join(", ")}`;
  return `${seen}${doubts}${broken === "" ? "" : `; ${broken}`}`;
}
