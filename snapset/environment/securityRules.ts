import type { EnvironmentSecurityGroup } from "./environment";

/**
 * What a rule of a security group does, as text: two rules with one key do the same, and Neutron
 * refuses the second of them.
 */
export function ruleKey(rule: EnvironmentSecurityGroup["rules"][number]): string {
  const { direction, ethertype, protocol = "any", portMin, portMax } = rule;
  const ports = portMin === undefined && portMax === undefined ? [] : [rangeOf(portMin, portMax)];
  const remote = rule.remoteGroup ?? rule.remoteCidr;
  return [direction, ethertype, protocol, ...ports, ...(remote === undefined ? [] : [remote])].join(
    "-",
  );
}

function rangeOf(min: number | undefined, max: number | undefined): string {
  return `${min ?? ""}:${max ?? ""}`;
}
