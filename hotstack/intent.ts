import { toBoolean } from "./hot/parameters";
import type { Problems } from "./problems";
import { shown } from "./values";
import type { Variables } from "./variables";

/** What a scenario's variables say is to become of it. */
export interface Intent {
  /** `hotstack_prepare_for_snapshot`: the cluster is to be captured when it is ready. */
  prepareForSnapshot: boolean;
  /** `hotstack_revive_snapshot`: its nodes come from the latest set. */
  reviveSnapshot: boolean;
  /** `hotstack_min_stable_period`: how long the cluster has to be stable, in milliseconds. */
  minStablePeriodMs: number | undefined;
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Reads Hotstack's switches among the variables. */
export function readIntent(variables: Variables, problems: Problems): Intent {
  return {
    prepareForSnapshot: flag("hotstack_prepare_for_snapshot", variables, problems),
    reviveSnapshot: flag("hotstack_revive_snapshot", variables, problems),
    minStablePeriodMs: period("hotstack_min_stable_period", variables, problems),
  };
}

function flag(name: string, variables: Variables, problems: Problems): boolean {
  const value = variables.get(name) ?? null;
  const place = variables.placeOf(name);
  if (value === null || place === undefined) return false;
  const read = toBoolean(value);
  if (read === undefined)
    problems.add(place, `${name}: must be true or false, got ${shown(value)}`);
  return read ?? false;
}

/** A duration as `oc adm wait-for-stable-cluster` takes it: `3m`, `1m30s`. */
function period(name: string, variables: Variables, problems: Problems): number | undefined {
  const value = variables.get(name) ?? null;
  const place = variables.placeOf(name);
  if (value === null || place === undefined) return undefined;
  const parts = typeof value === "string" ? [...value.matchAll(/(\d+(?:\.\d+)?)([smh])/g)] : [];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== value) {
    problems.add(place, `${name}: must be a duration such as 60s or 3m, got ${shown(value)}`);
    return undefined;
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ""] ?? 0), 0);
}
