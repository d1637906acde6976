import { formatSeconds } from "../../../common/errors";
import { listed } from "../../../common/listed";
import { judgeFreshness, leaseKey, type Freshness } from "../freshness";
import { judgeGoodness, type ProofFacts } from "./goodness";

/** One look: when it was asked for and answered, and what came back. */
export type ProofObservation = { askedAt: number; answeredAt: number } & (
  { facts: ProofFacts } | { error: string }
);

/** For how long what has to hold. */
export interface ProofRules {
  /** With every operator proven. */
  provenMs: number;
  /** With operators that show no life: then the clock alone has to do. */
  unprovenMs: number;
  /** Until when operators are waited for to show life, in milliseconds since the epoch. */
  unprovenFrom: number;
}

/** An unbroken row of good looks: since when, and the leases as they were then. */
interface Row {
  since: number;
  renewTimes: Record<string, string>;
}

/** Where a proof stands. */
export interface ProofState {
  isDone: boolean;
  /** Good, but for operators that show no life. */
  stable: Row | undefined;
  /** Good in everything. */
  proven: Row | undefined;
  problems: string[];
  /** When each of them was first seen, in an unbroken row of looks. */
  problemsSince: Record<string, number>;
  /** Which problems are over with this look, and after how long. */
  changes: string[];
  /** How often a row of good looks was broken, by each problem. */
  breaks: Record<string, number>;
  unproven: string[];
  /** With the kubelets' leases compared with what they were when the row began. */
  freshness: Freshness | undefined;
  facts: ProofFacts | undefined;
  observations: number;
  seenAt: number;
}

/** A proof that has seen nothing yet. */
export const nothingProven: ProofState = {
  isDone: false,
  stable: undefined,
  proven: undefined,
  problems: ["nothing observed yet"],
  problemsSince: {},
  changes: [],
  breaks: {},
  unproven: [],
  freshness: undefined,
  facts: undefined,
  observations: 0,
  seenAt: 0,
};

/**
 * Takes in one look. A period runs from the *answer* of its first good look to the *question* of
 * the last, and within it every kubelet has to renew its lease: a node that died a moment ago still
 * counts as Ready for 40 s.
 */
export function advanceProof(
  state: ProofState,
  observation: ProofObservation,
  rules: ProofRules,
): ProofState {
  const { askedAt, answeredAt } = observation;
  const counted = { observations: state.observations + 1, seenAt: answeredAt };
  if ("error" in observation) {
    const problems = [observation.error];
    return { ...nothingProven, ...counted, problems, ...history(state, problems, answeredAt) };
  }
  const { facts } = observation;
  const { problems, unproven } = judgeGoodness(facts);
  const row = { since: answeredAt, renewTimes: renewTimesOf(facts) };
  const stable = problems.length === 0 ? (state.stable ?? row) : undefined;
  const proven = stable && unproven.length === 0 ? (state.proven ?? row) : undefined;
  const hasTo = proven ? rules.provenMs : rules.unprovenMs;
  const counts = proven ?? (answeredAt >= rules.unprovenFrom ? stable : undefined);
  const freshness = freshnessSince(proven ?? stable, facts);
  const isDone =
    counts !== undefined &&
    askedAt - counts.since >= hasTo &&
    freshness.nodes.every((node) => node.fresh);
  const seen = { isDone, stable, proven, problems, unproven, freshness, facts };
  return { ...counted, ...seen, ...history(state, problems, answeredAt) };
}

function history(before: ProofState, problems: readonly string[], at: number) {
  const since = before.problemsSince;
  const isBroken = before.stable !== undefined && problems.length > 0;
  const breaks = { ...before.breaks };
  for (const problem of isBroken ? problems : []) breaks[problem] = (breaks[problem] ?? 0) + 1;
  const over = Object.entries(since).filter(([problem]) => !problems.includes(problem));
  return {
    breaks,
    problemsSince: Object.fromEntries(problems.map((it) => [it, since[it] ?? at])),
    changes: over.map(([problem, from]) => `over after ${formatSeconds(at - from)}: ${problem}`),
  };
}

function renewTimesOf({ leases }: ProofFacts): Record<string, string> {
  const kubelets = leases.filter((lease) => lease.metadata.namespace === "kube-node-lease");
  return Object.fromEntries(kubelets.map((it) => [leaseKey(it), it.spec?.renewTime ?? ""]));
}

function freshnessSince(row: Row | undefined, facts: ProofFacts): Freshness {
  const renewTimesBefore = { ...facts.renewTimesBefore, ...row?.renewTimes };
  return judgeFreshness({ ...facts, renewTimesBefore });
}

const namedAtMost = 3;

/** The state as one short line, e.g. `good 12 s of 20 s`. */
export function describeProof(state: ProofState, rules: ProofRules): string {
  const { problems, unproven, proven, stable, seenAt, freshness } = state;
  if (problems.length > 0) {
    return `not proven: ${cut(
      problems.map((problem) => describeProblem(problem, state)),
      "; ",
    )}`;
  }
  if (!proven) {
    const since = stable ? `, all else good since ${formatSeconds(seenAt - stable.since)}` : "";
    const count = `${unproven.length} operators show no life since the boot: ${cut(unproven, ", ")}`;
    return `not proven: ${count}${since}`;
  }
  const waiting = (freshness?.nodes ?? []).filter((node) => !node.fresh);
  const good = `good ${formatSeconds(seenAt - proven.since)} of ${formatSeconds(rules.provenMs)}`;
  if (waiting.length === 0) return good;
  return `${good}, ${cut(
    waiting.map((node) => `${node.name} ${node.reasons.join(" and ")}`),
    "; ",
  )}`;
}

/** One that is new has no "since". */
function describeProblem(problem: string, { problemsSince, seenAt }: ProofState): string {
  const ms = seenAt - (problemsSince[problem] ?? seenAt);
  return ms === 0 ? problem : `${problem} since ${formatSeconds(ms)}`;
}

/** By what a row of good looks was broken, e.g. `broken by: etcd Degraded=True (2 times)`; may be empty. */
export function describeBreaks({ breaks }: ProofState): string {
  const named = Object.entries(breaks).map(([problem, times]) =>
    times === 1 ? problem : `${problem} (${times} times)`,
  );
  return named.length === 0 ? "" : `broken by: ${listed(named)}`;
}

function cut(texts: readonly string[], between: string): string {
  const named = texts.slice(0, namedAtMost).join(between);
  return texts.length > namedAtMost ? `${named}${between}…` : named;
}
