import type { ResolvedResource } from "../hot/stack";
import { Unknown, type Value, type ValueMap } from "../values";
import { given, mapsOf, nameOf, textOf, type Resources } from "./Resources";
import type { Mapped } from "./toEnvironment";

const groupType = "OS::Neutron::SecurityGroup";
const serverGroupType = "OS::Nova::ServerGroup";

/** Security groups with all their rules, those that are resources of their own among them. */
export function securityGroupsOf(resources: Resources): Mapped<object>[] {
  const others = resources.of("OS::Neutron::SecurityGroupRule").map((it) => ({
    group: resources.target(it, "security_group", groupType),
    rule: ruleOf(it.properties, remoteOf(it.properties["remote_group"], it, resources)),
  }));
  return resources.of(groupType).map((group) => {
    const own = mapsOf(group, "rules");
    return {
      resource: group.name,
      place: group.place,
      data: {
        name: nameOf(group),
        ...given("description", textOf(resources, group, "description")),
        rules: [
          ...waysOut(own),
          ...own.map((it) => ruleOf(it, ownRemote(it, group, resources))),
          ...others.filter((it) => it.group === group).map(({ rule }) => rule),
        ],
      },
    };
  });
}

/** Heat takes the rules that Neutron begins with away when a first one for the way out is given. */
function waysOut(rules: readonly ValueMap[]): object[] {
  if (rules.some((it) => it["direction"] === "egress")) return [];
  return ["IPv4", "IPv6"].map((ethertype) => ({ direction: "egress", ethertype }));
}

function ruleOf(it: ValueMap, remoteGroup: string | undefined): object {
  return {
    direction: it["direction"] ?? "ingress",
    ethertype: it["ethertype"] ?? "IPv4",
    ...given("protocol", it["protocol"]),
    ...given("portMin", it["port_range_min"]),
    ...given("portMax", it["port_range_max"]),
    ...given("remoteGroup", remoteGroup),
    ...given("remoteCidr", remoteGroup === undefined ? it["remote_ip_prefix"] : undefined),
  };
}

/** Without `remote_mode` Heat looks at prefixes alone; a mode without a group means its own one. */
function ownRemote(it: ValueMap, group: ResolvedResource, resources: Resources) {
  if (it["remote_mode"] !== "remote_group_id") return undefined;
  const remote = it["remote_group_id"];
  return remote === undefined
    ? nameOf(group)
    : securityGroupName(remote, group, "rules", resources);
}

function remoteOf(value: Value | undefined, rule: ResolvedResource, resources: Resources) {
  return value === undefined
    ? undefined
    : securityGroupName(value, rule, "remote_group", resources);
}

/** The name of a group: one of the template's own, or one that the cloud has. */
export function securityGroupName(
  value: Value,
  from: ResolvedResource,
  property: string,
  resources: Resources,
): string | undefined {
  if (!(value instanceof Unknown)) return typeof value === "string" ? value : undefined;
  const path = `resources.${from.name}.${property}`;
  const place = from.placeOf(/^\w+/.exec(property)?.[0] ?? property);
  const group = resources.byId(value, groupType, place, path);
  return group && nameOf(group);
}

/** Server groups, each with its one policy. */
export function serverGroupsOf(resources: Resources): Mapped<object>[] {
  return resources.of(serverGroupType).map((group) => {
    const policies = group.properties["policies"];
    const [policy, another] = Array.isArray(policies) ? policies : ["anti-affinity"];
    if (another !== undefined) {
      const text = "must be one policy; Nova takes no more";
      resources.problems.add(
        group.placeOf("policies"),
        `resources.${group.name}.policies: ${text}`,
      );
    }
    return {
      resource: group.name,
      place: group.place,
      data: { name: nameOf(group), policy },
    };
  });
}

/** The server group that a server's hints name. */
export function serverGroupOf(server: ResolvedResource, resources: Resources) {
  const hints = server.properties["scheduler_hints"] as ValueMap | undefined;
  const place = server.placeOf("scheduler_hints");
  const path = `resources.${server.name}.scheduler_hints.group`;
  const group = hints && resources.byId(hints["group"], serverGroupType, place, path);
  return group && nameOf(group);
}
