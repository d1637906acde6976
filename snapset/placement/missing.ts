import { listed } from "../../common/listed";
import { nearestNames } from "../../common/nearest";
import type { Lookup } from "./lookups";
import type { NameMap } from "./placement";

/** What a kind is called in sentences, and where the configuration gives it another name. */
export interface Kind {
  noun: string;
  mapKey: keyof NameMap;
}

/**
 * `router main: there is no external network publik; the nearest is public; snapset:map.networks
 * names another`
 */
export function missing(
  { name, by }: Lookup,
  { noun, mapKey }: Kind,
  known: readonly string[],
): string {
  const nearest = nearestNames(name, known);
  const instead =
    nearest.length > 0
      ? `the nearest is ${nearest.join(", ")}`
      : `there is ${listed([...new Set(known)].toSorted()) || "none"}`;
  return `${listed(by)}: there is no ${noun} ${name}; ${instead}; snapset:map.${mapKey} names another`;
}

/** `router main: there are 2 networks public (id, id): a name must say which; rename one` */
export function ambiguous(
  { name, by }: Lookup,
  plural: string,
  candidates: readonly { id: string }[],
): string {
  const ids = candidates.map(({ id }) => id).join(", ");
  return `${by.join(", ")}: there are ${candidates.length} ${plural} ${name} (${ids}): a name must say which; rename one`;
}
