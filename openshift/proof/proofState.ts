import { formatSeconds } from "../../common/errors";
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
  if ("error" in observation)
    return { ...nothingProven, ...counted, problems: [observation.error] };
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
  return { ...counted, isDone, stable, proven, problems, unproven, freshness, facts };
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
  if (problems.length > 0) return `not proven: ${cut(problems, "; ")}`;
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

function cut(texts: readonly string[], between: string): string {
  const named = texts.slice(0, namedAtMost).join(between);
  return texts.length > namedAtMost ? `${named}${between}…` : named;
}
