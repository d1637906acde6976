import type { EnvironmentServerGroup } from "../environment/environment";
import { compare, uniqueNames, type Say } from "./names";
import type { ObservedServerGroup } from "./observed";

const policies = ["anti-affinity", "soft-anti-affinity", "affinity", "soft-affinity"] as const;

/** Server groups as an environment has them, and which server is in which. */
export interface FoundServerGroups {
  serverGroups: EnvironmentServerGroup[];
  /** Names by the ids of servers. */
  byServer: ReadonlyMap<string, string>;
}

/**
 * The groups that the servers are in.
 *
 * @param serverIds of the servers that are captured
 * @param declared names of groups that are the environment's though no server is in them
 */
export function serverGroupsOf(
  groups: readonly ObservedServerGroup[],
  serverIds: ReadonlySet<string>,
  declared: ReadonlySet<string>,
  say: Say,
): FoundServerGroups {
  const used = groups.filter(({ members }) => members.some((id) => serverIds.has(id)));
  const usedNames = new Set(used.map(({ name }) => name));
  const empty = groups.filter(
    ({ name, members }) => declared.has(name) && !usedNames.has(name) && members.length === 0,
  );
  const wanted = [
    ...used,
    ...empty.filter(({ name }, i) => empty.findIndex((it) => it.name === name) === i),
  ];
  const names = uniqueNames("server group", wanted, say);
  const byServer = new Map<string, string>();
  const serverGroups = wanted.flatMap((group) => {
    const name = names.get(group.id) ?? group.name;
    const policy = policies.find((it) => it === group.policies[0]);
    if (policy === undefined) {
      say(
        `server group ${name} has policy ${group.policies[0] ?? "(none)"}: the set is without it`,
      );
      return [];
    }
    for (const id of group.members) byServer.set(id, name);
    return [{ name, policy }];
  });
  return { serverGroups: serverGroups.toSorted((a, b) => compare(a.name, b.name)), byServer };
}
