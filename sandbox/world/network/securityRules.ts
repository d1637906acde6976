import { formatCidr, parseCidr } from "../ipam";
import { Refusal } from "../refusal";
import type { RuleOptions } from "./securityGroups";

/** The protocols that Neutron knows by name, with their numbers. */
const protocols: Readonly<Record<string, number>> = {
  ...{ ah: 51, dccp: 33, egp: 8, esp: 50, gre: 47, hopopt: 0, icmp: 1, igmp: 2, ip: 0 },
  ...{ ipip: 4, "ipv6-encap": 41, "ipv6-frag": 44, "ipv6-icmp": 58, icmpv6: 58 },
  ...{ "ipv6-nonxt": 59, "ipv6-opts": 60, "ipv6-route": 43, ospf: 89, pgm: 113, rsvp: 46 },
  ...{ sctp: 132, tcp: 6, udp: 17, udplite: 136, vrrp: 112 },
};
const withPorts = ["tcp", "udp", "sctp", "dccp", "udplite", "6", "17", "132", "33", "136"];
const anywhere = ["0.0.0.0/0", "::/0"];

/** The protocol as Neutron keeps it: that of ICMP over IPv6 has a name of its own. */
export function canonicalProtocol({ protocol, ethertype }: RuleOptions): string | null {
  if (protocol == null) return null;
  const name = protocol.toLowerCase();
  return ethertype === "IPv6" && ["icmp", "icmpv6", "1"].includes(name) ? "ipv6-icmp" : name;
}

/** Two rules with one key do the same: numbers stand for names, and everywhere for nowhere said. */
export function ruleKey(rule: RuleOptions): string {
  const protocol = canonicalProtocol(rule);
  const prefix = rule.remote_ip_prefix ?? null;
  return JSON.stringify([
    rule.direction,
    rule.ethertype ?? "IPv4",
    protocol === null ? null : (protocols[protocol] ?? Number(protocol)),
    rule.port_range_min ?? null,
    rule.port_range_max ?? null,
    prefix === null || anywhere.includes(prefix) ? null : prefix,
    rule.remote_group_id ?? null,
  ]);
}

/**
 * What Neutron refuses of a rule by itself.
 *
 * Source: Neutron `db/securitygroups_db.py` (`_validate_security_group_rule`).
 *
 * @throws {Refusal} 400
 */
export function checkRule(rule: RuleOptions): void {
  const { remote_ip_prefix: prefix, remote_group_id: group } = rule;
  if (prefix != null && group != null) {
    throw refuse(
      "SecurityGroupMultipleRemoteEntites",
      "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.",
    );
  }
  checkProtocol(rule);
  checkPorts(rule);
  const cidr = prefix == null ? undefined : parseCidr(prefix);
  const ethertype = rule.ethertype ?? "IPv4";
  if (cidr !== undefined && ethertype !== `IPv${cidr.version}`) {
    throw refuse(
      "SecurityGroupRuleParameterConflict",
      `Conflicting value ethertype ${ethertype} for CIDR ${formatCidr(cidr)}`,
    );
  }
}

function checkProtocol(rule: RuleOptions): void {
  const protocol = canonicalProtocol(rule);
  if (
    protocol === null ||
    protocol in protocols ||
    /^(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])$/.test(protocol)
  ) {
    return;
  }
  throw refuse(
    "SecurityGroupRuleInvalidProtocol",
    `Security group rule protocol ${protocol} not supported. Only protocol values ` +
      `[None, ${Object.keys(protocols)
        .map((it) => `'${it}'`)
        .join(", ")}] and integer ` +
      "representations [0 to 255] are supported.",
  );
}

function checkPorts(rule: RuleOptions): void {
  const { port_range_min: min = null, port_range_max: max = null } = rule;
  if (min === null && max === null) return;
  const protocol = canonicalProtocol(rule);
  if (protocol === null) {
    throw refuse(
      "SecurityGroupProtocolRequiredWithPorts",
      "Must also specify protocol if port range is given.",
    );
  }
  if (["icmp", "ipv6-icmp", "1", "58"].includes(protocol)) checkIcmp(min, max);
  else if (withPorts.includes(protocol)) checkRange(min, max);
}

function checkIcmp(type: number | null, code: number | null): void {
  for (const [what, field, value] of [
    ["type", "port_range_min", type],
    ["code", "port_range_max", code],
  ] as const) {
    if (value === null || (value >= 0 && value <= 255)) continue;
    throw refuse(
      "SecurityGroupInvalidIcmpValue",
      `Invalid value for ICMP ${what} (${field}) ${value}. It must be 0 to 255.`,
    );
  }
  if (type === null && code !== null) {
    throw refuse(
      "SecurityGroupMissingIcmpType",
      `ICMP code (port-range-max) ${code} is provided but ICMP type (port-range-min) is missing.`,
    );
  }
}

function checkRange(min: number | null, max: number | null): void {
  if (min === 0 || max === 0) {
    throw refuse("SecurityGroupInvalidPortValue", "Invalid value for port 0");
  }
  if (min === null || max === null || min > max) {
    throw refuse(
      "SecurityGroupInvalidPortRange",
      "For TCP/UDP protocols, port_range_min must be <= port_range_max",
    );
  }
}

const refuse = (type: string, message: string) => new Refusal(400, message, type);
