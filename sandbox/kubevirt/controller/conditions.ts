import { rfc3339 } from "../times";
import type { Condition } from "../types";

/** Conditions with one of them set: the time of its last change stays when nothing changes. */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  wanted: { type: string; status: "True" | "False"; reason?: string; message?: string },
  nowMs: number,
): Condition[] {
  const all = conditions ?? [];
  const old = all.find(({ type }) => type === wanted.type);
  if (old?.status === wanted.status && old.reason === wanted.reason) return [...all];
  const changed: Condition = {
    ...wanted,
    lastProbeTime: null,
    lastTransitionTime: rfc3339(nowMs),
  };
  return old ? all.map((it) => (it === old ? changed : it)) : [...all, changed];
}

export function withoutCondition(conditions: readonly Condition[], type: string): Condition[] {
  return conditions.filter((it) => it.type !== type);
}

export function hasCondition(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditions?.some((it) => it.type === type && it.status === "True") ?? false;
}
