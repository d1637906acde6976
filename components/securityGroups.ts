import * as openstack from "@pulumi/openstack";
import { log, type Output, type Resource } from "@pulumi/pulumi";
import type { EnvironmentSecurityGroup } from "../snapset/environment/environment";
import { protocolOf, ruleKey } from "../snapset/environment/securityRules";
import { given } from "./Network";
import type { Placed } from "./Placed";

type Rule = EnvironmentSecurityGroup["rules"][number];

/** The security groups that ports can have. */
export interface SecurityGroups {
  /** The id of one of the environment's own; else of the one that the cloud has of that name. */
  idOf: (name: string) => Output<string>;
  /** What must be there before a server is started behind them. */
  rules: readonly Resource[];
}

/** Declares the security groups of an environment, each with exactly its rules. */
export function declareSecurityGroups(
  groups: readonly EnvironmentSecurityGroup[],
  placed: Placed,
  parent: Resource,
): SecurityGroups {
  const own = new Map(groups.map((it) => [it.name, declareGroup(it, parent)] as const));
  const idOf = (name: string): Output<string> => own.get(name)?.id ?? placed.securityGroupId(name);
  const rules = groups.flatMap((group) => {
    const declared = own.get(group.name);
    if (declared === undefined) return [];
    return group.rules.map((rule) => declareRule(group.name, rule, declared, idOf, parent));
  });
  return { idOf, rules };
}

function declareGroup({ name, description }: EnvironmentSecurityGroup, parent: Resource) {
  return new openstack.networking.SecGroup(
    name,
    { name, deleteDefaultRules: true, ...given("description", description) },
    { parent },
  );
}

function declareRule(
  group: string,
  rule: Rule,
  declared: openstack.networking.SecGroup,
  idOf: SecurityGroups["idOf"],
  parent: Resource,
) {
  const name = `${group}-${ruleKey(rule)}`;
  if (rule.portMin === 0 || rule.portMax === 0) {
    void log.warn(
      `security group ${group}: the OpenStack provider cannot ask for ICMP type or code 0; ` +
        `the rule ${ruleKey(rule)} lets every one pass`,
      parent,
    );
  }
  return new openstack.networking.SecGroupRule(
    name,
    {
      securityGroupId: declared.id,
      direction: rule.direction,
      ethertype: rule.ethertype,
      ...given("protocol", protocolOf(rule)),
      ...given("portRangeMin", rule.portMin),
      ...given("portRangeMax", rule.portMax),
      ...given("remoteIpPrefix", rule.remoteCidr),
      ...given("remoteGroupId", rule.remoteGroup && idOf(rule.remoteGroup)),
    },
    // Neutron removes the rules of a group with it.
    { parent, deletedWith: declared },
  );
}
