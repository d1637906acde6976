import type { EnvironmentSecurityGroup } from "../environment/environment";
import { ruleKey } from "../environment/securityRules";
import { compare, uniqueNames, type Say } from "./names";
import type {
  ObservedCloud,
  ObservedPort,
  ObservedSecurityGroup,
  ObservedSecurityRule,
} from "./observed";

type Rule = EnvironmentSecurityGroup["rules"][number];

/** Security groups as an environment has them, and what all that its ports have are called. */
export interface FoundGroups {
  securityGroups: EnvironmentSecurityGroup[];
  /** By id: the environment's own, and those of the cloud's that go by name. */
  names: ReadonlyMap<string, string>;
}

/**
 * The groups of some ports and those that their rules name. The project's `default` and groups of
 * other projects go by their names; the others are the environment's, with all their rules.
 *
 * @param declared names of groups that are the environment's though no port has them
 */
export function securityGroupsOf(
  ports: readonly ObservedPort[],
  declared: ReadonlySet<string>,
  cloud: ObservedCloud,
  say: Say,
): FoundGroups {
  const used = reachedFrom(
    ports.flatMap((port) => port.security_groups),
    declared,
    cloud,
  );
  const isOwn = ({ name, project_id }: ObservedSecurityGroup) =>
    project_id === cloud.projectId && name !== "default";
  const others = used.filter((group) => !isOwn(group));
  const otherNames = new Map(others.map(({ id, name }) => [id, name]));
  const taken = ["default", ...otherNames.values()];
  const own = used.filter(isOwn);
  const names = new Map([...otherNames, ...uniqueNames("security group", own, say, taken)]);
  others.forEach((group) => {
    sayOfOther(group, cloud, say);
  });
  const securityGroups = own.map((group) => toGroup(group, names, say));
  return { securityGroups: securityGroups.toSorted((a, b) => compare(a.name, b.name)), names };
}

function reachedFrom(
  ids: readonly string[],
  declared: ReadonlySet<string>,
  { securityGroups }: ObservedCloud,
): ObservedSecurityGroup[] {
  const byId = new Map(securityGroups.map((group) => [group.id, group]));
  const reached = new Map<string, ObservedSecurityGroup>();
  const visit = (id: string): void => {
    const group = byId.get(id);
    if (group === undefined || reached.has(id)) return;
    reached.set(id, group);
    for (const { remote_group_id } of group.security_group_rules) {
      // What other groups let into a group that is not the environment's is not its concern.
      if (remote_group_id !== null && group.name !== "default") visit(remote_group_id);
    }
  };
  ids.forEach(visit);
  const names = new Set([...reached.values()].map(({ name }) => name));
  for (const name of declared) {
    const [group, ...twins] = securityGroups.filter((it) => it.name === name);
    if (group !== undefined && twins.length === 0 && !names.has(name)) visit(group.id);
  }
  return [...reached.values()];
}

function sayOfOther({ id, name }: ObservedSecurityGroup, cloud: ObservedCloud, say: Say): void {
  if (cloud.securityGroups.some((other) => other.name === name && other.id !== id)) {
    say(
      `security group ${name} is not the only one of its name: a restore may not know which is meant`,
    );
  }
}

function toGroup(
  group: ObservedSecurityGroup,
  names: ReadonlyMap<string, string>,
  say: Say,
): EnvironmentSecurityGroup {
  const name = names.get(group.id) ?? group.name;
  if (group.stateful === false) {
    say(`security group ${name} is stateless: it comes back stateful`);
  }
  const rules = new Map<string, Rule>();
  for (const observed of group.security_group_rules) {
    const rule = toRule(observed, names);
    if (rule === undefined) {
      say(
        `security group ${name} has a rule for an address group, or a group that is not shown: the set is without it`,
      );
    } else rules.set(ruleKey(rule), rule);
  }
  const byKey = [...rules].toSorted(([a], [b]) => compare(a, b));
  return {
    name,
    ...(group.description === "" ? {} : { description: group.description }),
    rules: byKey.map(([, rule]) => rule),
  };
}

function toRule(rule: ObservedSecurityRule, names: ReadonlyMap<string, string>): Rule | undefined {
  const { protocol, port_range_min: min, port_range_max: max, remote_ip_prefix: cidr } = rule;
  if (rule.remote_address_group_id != null) return undefined;
  const remoteGroup = names.get(rule.remote_group_id ?? "");
  if (rule.remote_group_id !== null && remoteGroup === undefined) return undefined;
  return {
    direction: rule.direction,
    ethertype: rule.ethertype === "IPv6" ? "IPv6" : "IPv4",
    ...(protocol === null ? {} : { protocol }),
    ...(min === null ? {} : { portMin: min }),
    ...(max === null ? {} : { portMax: max }),
    ...(cidr === null ? {} : { remoteCidr: cidr }),
    ...(remoteGroup === undefined ? {} : { remoteGroup }),
  };
}
