import { formatSeconds } from "../../common/errors";
import { listed } from "../../common/listed";
import type { ClusterOperator } from "../api/types";

/** What every operator must report, as `oc adm wait-for-stable-cluster` has it. */
const wanted = { Available: "True", Progressing: "False", Degraded: "False" } as const;

/** An operator that is not stable, and which of its conditions say so, e.g. `Available=False`. */
export interface Instability {
  operator: string;
  what: string;
}

/** What a list of operators says about the moment it was taken. */
export interface Assessment {
  stable: boolean;
  reasons: Instability[];
}

/** One look at the operators: when it was asked for and answered, and what came back. */
export type StabilityObservation = { askedAt: number; answeredAt: number } & (
  { operators: ClusterOperator[] } | { error: string }
);

/** Where a stability watch stands. */
export interface StabilityState {
  isDone: boolean;
  /** Answer time of the first of an unbroken row of stable observations. */
  stableSince: number | undefined;
  /** Why the row is broken, other than by an operator: a failed or an empty list. */
  problem: string | undefined;
  reasons: Instability[];
  /** When each unstable operator was first seen so. */
  unstableSince: Record<string, number>;
  /** What the last observation changed, e.g. `ingress became Available=False`. */
  changes: string[];
  /** How often each operator has become unstable, and the list has failed or been empty. */
  breaks: Record<string, number>;
  operators: number;
  observations: number;
  seenAt: number;
}

/** A watch that has seen nothing yet. */
export const nothingObserved: StabilityState = {
  isDone: false,
  stableSince: undefined,
  problem: "nothing observed yet",
  reasons: [],
  unstableSince: {},
  changes: [],
  breaks: {},
  operators: 0,
  observations: 0,
  seenAt: 0,
};

/**
 * Stable is: at least one operator, and each Available=True, Progressing=False, Degraded=False. A
 * missing condition is unstable. The same rules as in oc's pkg/cli/admin/waitforstable/command.go,
 * except that there an empty list is stable.
 */
export function assessStability(operators: readonly ClusterOperator[]): Assessment {
  const reasons = operators.flatMap((operator) => {
    const what = unstableConditions(operator);
    return what === "" ? [] : [{ operator: operator.metadata.name, what }];
  });
  return { stable: operators.length > 0 && reasons.length === 0, reasons };
}

function unstableConditions(operator: ClusterOperator): string {
  const conditions = operator.status?.conditions ?? [];
  return Object.entries(wanted)
    .flatMap(([type, status]) => {
      const seen = conditions.find((condition) => condition.type === type)?.status;
      if (seen === status) return [];
      return [seen === undefined ? `${type} missing` : `${type}=${seen}`];
    })
    .join(" ");
}

/**
 * Takes in one observation. The period runs from the *answer* of the first stable observation to
 * the *question* of the last, so that it is never shorter than asked for, however slow the API is.
 */
export function advanceStability(
  state: StabilityState,
  observation: StabilityObservation,
  periodMs: number,
): StabilityState {
  const { askedAt, answeredAt } = observation;
  const counted = { observations: state.observations + 1, seenAt: answeredAt };
  if ("error" in observation) {
    const broken = { isDone: false, stableSince: undefined, problem: observation.error };
    const breaks = counting(state.breaks, state.stableSince === undefined ? [] : ["the list"]);
    return { ...state, ...counted, ...broken, changes: [], breaks };
  }
  const { stable, reasons } = assessStability(observation.operators);
  const stableSince = stable ? (state.stableSince ?? answeredAt) : undefined;
  return {
    ...counted,
    isDone: stableSince !== undefined && askedAt - stableSince >= periodMs,
    stableSince,
    problem: observation.operators.length === 0 ? "the list of operators is empty" : undefined,
    reasons,
    unstableSince: Object.fromEntries(
      reasons.map(({ operator }) => [operator, state.unstableSince[operator] ?? answeredAt]),
    ),
    changes: changesBetween(state, reasons, answeredAt),
    breaks: counting(state.breaks, newlyUnstable(state, observation.operators, reasons)),
    operators: observation.operators.length,
  };
}

function newlyUnstable(
  { stableSince, unstableSince }: StabilityState,
  operators: readonly ClusterOperator[],
  reasons: readonly Instability[],
): string[] {
  if (operators.length === 0) return stableSince === undefined ? [] : ["the list"];
  return reasons.map(({ operator }) => operator).filter((name) => !(name in unstableSince));
}

function counting(
  breaks: Readonly<Record<string, number>>,
  names: readonly string[],
): Record<string, number> {
  const counts = { ...breaks };
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function changesBetween(before: StabilityState, now: Instability[], at: number): string[] {
  const known = new Map(before.reasons.map(({ operator, what }) => [operator, what]));
  const became = now
    .filter(({ operator, what }) => known.get(operator) !== what)
    .map(({ operator, what }) => `${operator} became ${what}`);
  const names = new Set(now.map(({ operator }) => operator));
  const stabilized = before.reasons
    .filter(({ operator }) => !names.has(operator))
    .map(({ operator }) => {
      const since = before.unstableSince[operator] ?? at;
      return `${operator} stabilized after ${formatSeconds(at - since)}`;
    });
  return [...became, ...stabilized];
}

const namedAtMost = 3;

/** Who became unstable more than once, e.g. `ingress 5 times`; empty when nobody did. */
export function describeFlapping({ breaks }: StabilityState): string {
  const flapping = Object.entries(breaks)
    .filter(([, times]) => times > 1)
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${name} ${times} times`);
  return flapping.length === 0 ? "" : `became unstable again and again: ${listed(flapping)}`;
}

/** The state as one short line, e.g. `stable 42 s of 60 s`. */
export function describeStability(state: StabilityState, periodMs: number): string {
  if (state.problem !== undefined) return `not stable: ${state.problem}`;
  if (state.stableSince !== undefined) {
    return `stable ${formatSeconds(state.seenAt - state.stableSince)} of ${formatSeconds(periodMs)}`;
  }
  const named = state.reasons.slice(0, namedAtMost).map(({ operator, what }) => {
    const since = state.unstableSince[operator] ?? state.seenAt;
    return `${operator} ${what} since ${formatSeconds(state.seenAt - since)}`;
  });
  if (state.reasons.length > namedAtMost) named.push("…");
  const count = `${state.reasons.length} of ${state.operators} operators not stable`;
  return `${count}: ${named.join(", ")}`;
}
