import { isIPv4 } from "node:net";
import type { EnvironmentSecurityGroup } from "./environment";

type Rule = EnvironmentSecurityGroup["rules"][number];

const numbers: Readonly<Record<string, string>> = { "1": "icmp", "6": "tcp", "17": "udp" };
const anywhere = ["0.0.0.0/0", "::/0"];
const icmp = ["icmp", "ipv6-icmp"];

/** A rule's protocol as Neutron keeps it: ICMP over IPv6 has a name of its own. */
export function protocolOf({ protocol, ethertype }: Rule): string | undefined {
  const name = numbers[protocol ?? ""] ?? protocol?.toLowerCase();
  const isIcmp = ["icmp", "icmpv6", "58"].includes(name ?? "");
  return ethertype === "IPv6" && isIcmp ? "ipv6-icmp" : name;
}

/**
 * What a rule of a security group does, as text: two rules with one key do the same, and Neutron
 * refuses the second of them.
 */
export function ruleKey(rule: Rule): string {
  const { direction, ethertype, portMin, portMax, remoteGroup, remoteCidr } = rule;
  const hasPorts = portMin !== undefined || portMax !== undefined;
  const cidr = anywhere.includes(remoteCidr ?? "") ? undefined : remoteCidr;
  const ports = hasPorts ? `${portMin ?? ""}:${portMax ?? ""}` : undefined;
  return [direction, ethertype, protocolOf(rule) ?? "any", ports, remoteGroup ?? cidr]
    .filter((part) => part !== undefined)
    .join("-");
}

/** What Neutron would refuse of a rule, one text for each key. */
export function ruleProblems(rule: Rule): string[] {
  const { ethertype, portMin, portMax, remoteCidr, remoteGroup } = rule;
  const protocol = protocolOf(rule);
  const hasPorts = portMin !== undefined || portMax !== undefined;
  const isIcmp = icmp.includes(protocol ?? "");
  const version = isIPv4((remoteCidr ?? "").split("/")[0] ?? "") ? "IPv4" : "IPv6";
  return [
    ...(hasPorts && protocol === undefined ? ["protocol: is missing; ports are those of one"] : []),
    ...(hasPorts && protocol !== undefined ? portProblems(portMin, portMax, isIcmp) : []),
    ...(remoteCidr !== undefined && version !== ethertype
      ? [`remoteCidr: ${remoteCidr} is not ${ethertype}`]
      : []),
    ...(remoteCidr !== undefined && remoteGroup !== undefined
      ? ["remoteGroup: remoteCidr is given already; take one of them away"]
      : []),
  ];
}

function portProblems(min: number | undefined, max: number | undefined, isIcmp: boolean) {
  if (isIcmp) {
    const tooLarge = [
      ["portMin", min],
      ["portMax", max],
    ].filter(([, value]) => Number(value) > 255);
    return [
      ...tooLarge.map(([key, value]) => `${key}: must be at most 255 for ICMP, got ${value}`),
      ...(min === undefined ? ["portMin: is missing; portMax is the code of an ICMP type"] : []),
    ];
  }
  if (min === undefined || max === undefined) {
    return [`${min === undefined ? "portMin" : "portMax"}: is missing; a range has two ends`];
  }
  if (min === 0) return ["portMin: must be at least 1"];
  return min > max ? [`portMax: must be at least portMin, ${min}, got ${max}`] : [];
}
