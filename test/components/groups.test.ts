import { log } from "@pulumi/pulumi";
import { Mocks } from "./mocks";

const mocks = new Mocks();
beforeAll(() => mocks.install());
beforeEach(() => {
  mocks.clear();
});

const node = { name: "box", role: "compute", image: "base", flavor: "small" };

describe("the security groups of an environment", () => {
  const rules = [
    { direction: "ingress", protocol: "tcp", portMin: 22, portMax: 22, remoteCidr: "10.0.0.0/8" },
    { direction: "ingress", ethertype: "IPv6", remoteGroup: "own" },
    { direction: "egress", remoteGroup: "elsewhere" },
  ];

  it("have exactly their rules, by names that tell what they do", async () => {
    await mocks.declare({ securityGroups: [{ name: "own", description: "mine", rules }] });
    expect(mocks.inputsOf("SecGroup", "own")).toEqual({
      ...{ name: "own", description: "mine", deleteDefaultRules: true },
    });
    expect(mocks.of("SecGroupRule").map(({ name, inputs }) => [name, inputs])).toEqual([
      [
        "own-egress-IPv4-any-elsewhere",
        {
          ...{ securityGroupId: "own-id", direction: "egress", ethertype: "IPv4" },
          remoteGroupId: "elsewhere-id",
        },
      ],
      [
        "own-ingress-IPv4-tcp-22:22-10.0.0.0/8",
        {
          ...{ securityGroupId: "own-id", direction: "ingress", ethertype: "IPv4" },
          ...{ protocol: "tcp", portRangeMin: 22, portRangeMax: 22 },
          remoteIpPrefix: "10.0.0.0/8",
        },
      ],
      [
        "own-ingress-IPv6-any-own",
        {
          ...{ securityGroupId: "own-id", direction: "ingress", ethertype: "IPv6" },
          remoteGroupId: "own-id",
        },
      ],
    ]);
  });

  it("tell of a rule that the provider cannot ask for as it is", async () => {
    const warn = jest.spyOn(log, "warn").mockResolvedValue();
    const ping = { direction: "ingress", protocol: "icmp", portMin: 8, portMax: 0 };
    await mocks.declare({ securityGroups: [{ name: "own", rules: [ping, rules[0]] }] });
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      "security group own: the OpenStack provider cannot ask for ICMP type or code 0; the rule ingress-IPv4-icmp-8:0 lets every one pass",
    ]);
    warn.mockRestore();
  });

  it("are those of ports; one that is not its own is looked up, and none means none", async () => {
    const ports = [
      { network: "net", securityGroups: ["own", "theirs"] },
      { network: "net", securityGroups: [] },
      { network: "net", portSecurity: false },
      { network: "net" },
    ];
    await mocks.declare({ securityGroups: [{ name: "own" }], nodes: [{ ...node, ports }] });
    const given = (i: number) => mocks.inputsOf("Port", `box/box-port-${i}`);
    expect(given(0)?.["securityGroupIds"]).toEqual(["own-id", "theirs-id"]);
    expect(given(1)).toMatchObject({ noSecurityGroups: true });
    expect(given(1)).not.toHaveProperty("securityGroupIds");
    expect(given(2)).toMatchObject({ noSecurityGroups: true, portSecurityEnabled: false });
    expect(given(3)).not.toHaveProperty("noSecurityGroups");
  });
});

describe("the server groups of an environment", () => {
  it("are told to the scheduler", async () => {
    await mocks.declare({
      serverGroups: [{ name: "masters", policy: "soft-anti-affinity" }],
      nodes: [
        { ...node, serverGroup: "masters", ports: [{ network: "net" }] },
        { ...node, name: "alone", ports: [{ network: "net" }] },
      ],
    });
    expect(mocks.inputsOf("ServerGroup", "masters")).toEqual({
      ...{ name: "masters", policies: ["soft-anti-affinity"] },
    });
    expect(mocks.inputsOf("Instance", "box")?.["schedulerHints"]).toEqual([
      { group: "masters-id" },
    ]);
    expect(mocks.inputsOf("Instance", "alone")).not.toHaveProperty("schedulerHints");
  });
});
