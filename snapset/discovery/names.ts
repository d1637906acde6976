import { isName } from "../environment/environment";

/** Something of the cloud's that an environment calls by its name. */
interface Named {
  id: string;
  name: string;
}

/** Says something that an environment cannot hold, as a sentence. */
export type Say = (finding: string) => void;

/**
 * Names for an environment, by id: the cloud's own, made good where they are none, and each given
 * once. The cloud lets several things have one name; here the first by id keeps it, the others
 * become `name-2`, `name-3`.
 *
 * @param kind e.g. `network`; what has no name at all is called so
 * @param taken names that are not free
 */
export function uniqueNames(
  kind: string,
  things: readonly Named[],
  say: Say,
  taken: Iterable<string> = [],
): Map<string, string> {
  const used = new Set(taken);
  const names = new Map<string, string>();
  for (const { id, name } of things.toSorted(byNameThenId)) {
    const good = goodName(name, kind);
    let free = good;
    for (let i = 2; used.has(free); i += 1) free = `${good}-${i}`;
    used.add(free);
    names.set(id, free);
    // What has no name loses none.
    if (free === name || name === "") continue;
    say(
      `${kind} ${name} is called ${free} in the set: ${isName(name) ? "another one has its name" : "it cannot be a name there"}`,
    );
  }
  return names;
}

/** A name as the cloud has it; undefined where it has none that can be one in an environment. */
export function nameIfGood(name: string): { name?: string } {
  return isName(name) ? { name } : {};
}

function goodName(name: string, kind: string): string {
  if (isName(name)) return name;
  const cleaned = name.replace(/[\p{Cc}/]/gu, "-").slice(0, 200);
  return cleaned === "" ? kind : cleaned;
}

function byNameThenId(a: Named, b: Named): number {
  return compare(a.name, b.name) || compare(a.id, b.id);
}

/** An order that does not depend on anybody's language. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
