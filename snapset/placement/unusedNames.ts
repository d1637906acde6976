import { listed } from "../../common/listed";
import { nearestNames } from "../../common/nearest";
import type { Environment } from "../environment/environment";
import { lookupsOf, type Lookup } from "./lookups";
import type { NameMap } from "./placement";

/** The entries of a map that rename nothing, one sentence each, by key. */
export function unusedNames(environment: Environment, map: NameMap): string[] {
  const { externalNetworks, existingNetworks, ...others } = lookupsOf(environment);
  const used = { ...others, networks: [...externalNetworks, ...existingNetworks] };
  return Object.entries(map).flatMap(([kind, names]) =>
    Object.keys(names).flatMap((name) => {
      const lookups = used[kind as keyof NameMap];
      return lookups.some((it) => it.name === name)
        ? []
        : [`${kind}.${name}: ${reasonFor(name, kind, lookups, environment)}`];
    }),
  );
}

function reasonFor(
  name: string,
  kind: string,
  lookups: readonly Lookup[],
  { networks, securityGroups = [] }: Environment,
): string {
  const own = { networks, securityGroups }[kind];
  if (own?.some((it) => it.name === name) === true) {
    return `the environment makes ${name} itself; only what it finds in the cloud has another name there`;
  }
  const names = lookups.map((it) => it.name);
  const nearest = nearestNames(name, names);
  return nearest.length > 0
    ? `the environment names no ${name}; the nearest is ${nearest.join(", ")}`
    : `the environment names no ${name}; it names ${listed(names) || "none"}`;
}
