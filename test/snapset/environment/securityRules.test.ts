import { environmentSchema } from "../../../snapset/environment/environment";
import { protocolOf, ruleKey, ruleProblems } from "../../../snapset/environment/securityRules";

const schema = environmentSchema.shape.securityGroups.unwrap().element.shape.rules.unwrap().element;
const ruleOf = (rule: object) => schema.parse({ direction: "ingress", ...rule });

describe("the rules of security groups", () => {
  it("have one key where Neutron sees one rule", () => {
    const ssh = { protocol: "tcp", portMin: 22, portMax: 22 };
    const key = "ingress-IPv4-tcp-22:22";
    expect(ruleKey(ruleOf(ssh))).toBe(key);
    expect(ruleKey(ruleOf({ ...ssh, protocol: "6" }))).toBe(key);
    expect(ruleKey(ruleOf({ ...ssh, remoteCidr: "0.0.0.0/0" }))).toBe(key);
    expect(ruleKey(ruleOf({ ...ssh, remoteCidr: "10.0.0.0/8" }))).toBe(`${key}-10.0.0.0/8`);
    expect(ruleKey(ruleOf({ ethertype: "IPv6", remoteGroup: "own" }))).toBe("ingress-IPv6-any-own");
  });

  it.each([
    ["icmp", "IPv4", "icmp"],
    ["icmp", "IPv6", "ipv6-icmp"],
    ["icmpv6", "IPv6", "ipv6-icmp"],
    ["58", "IPv6", "ipv6-icmp"],
    ["UDP", "IPv4", "udp"],
    ["89", "IPv4", "89"],
  ])("are of protocol %s over %s: %s", (protocol, ethertype, expected) => {
    expect(protocolOf(ruleOf({ protocol, ethertype }))).toBe(expected);
  });

  it.each([
    [{ protocol: "tcp", portMin: 1, portMax: 2 }, []],
    [{ protocol: "icmp", portMin: 8, portMax: 0 }, []],
    [{ portMin: 1, portMax: 2 }, ["protocol: is missing; ports are those of one"]],
    [{ protocol: "tcp", portMin: 3 }, ["portMax: is missing; a range has two ends"]],
    [{ protocol: "tcp", portMin: 0, portMax: 3 }, ["portMin: must be at least 1"]],
    [{ protocol: "tcp", portMin: 3, portMax: 2 }, ["portMax: must be at least portMin, 3, got 2"]],
    [
      { protocol: "icmp", portMax: 300 },
      [
        "portMax: must be at most 255 for ICMP, got 300",
        "portMin: is missing; portMax is the code of an ICMP type",
      ],
    ],
    [{ remoteCidr: "fd00::/8" }, ["remoteCidr: fd00::/8 is not IPv4"]],
    [
      { remoteCidr: "10.0.0.0/8", remoteGroup: "own" },
      ["remoteGroup: remoteCidr is given already; take one of them away"],
    ],
  ])("refuse of %j: %j", (rule, problems) => {
    expect(ruleProblems(ruleOf(rule))).toEqual(problems);
  });
});
