import type { Fixture, RawAnswer } from "./Fixture";

const unknownId = "11111111-2222-4333-8444-555555555555";

/** What there is once the suite has begun. */
interface Given {
  fixture: Fixture;
  networkId: string;
}

interface Rule {
  id: string;
  direction: string;
  ethertype: string;
}

/** What an environment with groups relies on: security groups, server groups, routes of hosts. */
export function describeGroups(given: () => Given): void {
  describe("security groups", () => {
    describeSecurityGroups(given);
  });
  describe("server groups", () => {
    describeServerGroups(given);
  });
  describe("host routes", () => {
    describeHostRoutes(given);
  });
}

/** The status, and Neutron's name for what is wrong. */
function neutronError({ status, body }: RawAnswer): unknown[] {
  return [status, body["NeutronError"]?.["type"]];
}

function describeSecurityGroups(given: () => Given): void {
  let groupId: string;
  const createRule = (rule: object) => {
    const security_group_rule = { security_group_id: groupId, ethertype: "IPv4", ...rule };
    return given().fixture.raw("POST", "network", "/security-group-rules", { security_group_rule });
  };

  test("begin with a way out for each version of IP, which can be taken away", async () => {
    const { fixture } = given();
    groupId = await fixture.make("network", "/security-groups", "security_group", {
      name: `contract-${fixture.suffix}`,
    });
    const path = `/security-groups/${groupId}`;
    const rules = async () =>
      (await fixture.raw("GET", "network", path)).body["security_group"]?.[
        "security_group_rules"
      ] as Rule[];
    const found = await rules();
    expect(found.map((it) => `${it.direction} ${it.ethertype}`).toSorted()).toEqual([
      "egress IPv4",
      "egress IPv6",
    ]);
    for (const { id } of found) {
      const answer = await fixture.raw("DELETE", "network", `/security-group-rules/${id}`);
      expect(answer.status).toBe(204);
    }
    expect(await rules()).toEqual([]);
  });

  test("refuse a rule that says what another one says", async () => {
    const ssh = { direction: "ingress", protocol: "tcp", port_range_min: 22, port_range_max: 22 };
    expect((await createRule(ssh)).status).toBe(201);
    for (const twin of [{}, { protocol: "6" }, { remote_ip_prefix: "0.0.0.0/0" }]) {
      const answer = await createRule({ ...ssh, ...twin });
      expect(neutronError(answer)).toEqual([409, "SecurityGroupRuleExists"]);
    }
  });

  test.each([
    [{ protocol: "tcp", port_range_min: 30, port_range_max: 22 }, "SecurityGroupInvalidPortRange"],
    [{ protocol: "tcp", port_range_min: 30 }, "SecurityGroupInvalidPortRange"],
    [{ protocol: "tcp", port_range_min: 0, port_range_max: 9 }, "SecurityGroupInvalidPortValue"],
    [{ port_range_min: 30, port_range_max: 31 }, "SecurityGroupProtocolRequiredWithPorts"],
    [{ protocol: "nothing" }, "SecurityGroupRuleInvalidProtocol"],
    [{ protocol: "icmp", port_range_max: 0 }, "SecurityGroupMissingIcmpType"],
    [{ protocol: "icmp", port_range_min: 300 }, "SecurityGroupInvalidIcmpValue"],
    [{ ethertype: "IPv6", remote_ip_prefix: "10.0.0.0/8" }, "SecurityGroupRuleParameterConflict"],
  ])("refuse the rule %j", async (rule, type) => {
    expect(neutronError(await createRule({ direction: "ingress", ...rule }))).toEqual([400, type]);
  });

  test("refuse a group that is not there, and call ICMP over IPv6 by its own name", async () => {
    const unknown = await createRule({ direction: "ingress", remote_group_id: unknownId });
    expect(neutronError(unknown)).toEqual([404, "SecurityGroupNotFound"]);
    const { body } = await createRule({
      direction: "ingress",
      ethertype: "IPv6",
      protocol: "icmp",
    });
    expect(body["security_group_rule"]?.["protocol"]).toBe("ipv6-icmp");
  });

  test("are one default for a project, and stay while a port has them", async () => {
    const { fixture, networkId } = given();
    const create = (name: string) =>
      fixture.raw("POST", "network", "/security-groups", { security_group: { name } });
    expect(neutronError(await create("default"))).toEqual([
      409,
      "SecurityGroupDefaultAlreadyExists",
    ]);
    await fixture.make("network", "/ports", "port", {
      network_id: networkId,
      security_groups: [groupId],
    });
    const answer = await fixture.raw("DELETE", "network", `/security-groups/${groupId}`);
    expect(neutronError(answer)).toEqual([409, "SecurityGroupInUse"]);
  });
}

function describeServerGroups(given: () => Given): void {
  test("say who is in them", async () => {
    const { fixture, networkId } = given();
    const name = `contract-${fixture.suffix}`;
    const path = "/os-server-groups";
    const group = await fixture.make("compute", path, "server_group", {
      ...{ name, policies: ["affinity"] },
    });
    const server = await fixture.makeGroupedServer("grouped", networkId, group);
    expect(server.status).toBe("ACTIVE");
    const shown = await fixture.raw("GET", "compute", `${path}/${group}`);
    expect(shown.body["server_group"]).toEqual({
      ...{ id: group, name, policies: ["affinity"], metadata: {}, members: [server.id] },
    });
  }, 120_000);

  test("keep their servers apart, or do not let them start", async () => {
    const { fixture, networkId } = given();
    const group = await fixture.make("compute", "/os-server-groups", "server_group", {
      ...{ name: `contract-${fixture.suffix}`, policies: ["anti-affinity"] },
    });
    const first = await fixture.makeGroupedServer("apart", networkId, group);
    const second = await fixture.makeGroupedServer("no-host", networkId, group);
    // A cloud with several hosts has one left for it.
    expect(first.status).toBe("ACTIVE");
    if (second.status === "ACTIVE") expect(second.hostId).not.toBe(first.hostId);
    else expect(second.fault?.message).toContain("No valid host was found.");
  }, 180_000);

  test("are refused with a policy that is none, and when they are not there", async () => {
    const { fixture, networkId } = given();
    const create = (policies: string[]) =>
      fixture.raw("POST", "compute", "/os-server-groups", {
        server_group: { name: "x", policies },
      });
    expect((await create(["nothing"])).status).toBe(400);
    // Soft policies came with a later microversion than the first.
    expect((await create(["soft-affinity"])).status).toBe(400);
    for (const method of ["GET", "DELETE"] as const) {
      const answer = await fixture.raw(method, "compute", `/os-server-groups/${unknownId}`);
      expect([answer.status, answer.body["itemNotFound"]?.["message"]]).toEqual([
        404,
        `Instance group ${unknownId} could not be found.`,
      ]);
    }
    for (const [id, reason] of [
      [unknownId, `Instance group ${unknownId} could not be found.`],
      ["nonsense", "is not a 'uuid'"],
    ]) {
      const answer = await fixture.bootInGroup("none", [{ uuid: networkId }], id ?? "");
      expect(answer.status).toBe(400);
      expect(answer.body["badRequest"]?.["message"]).toContain(reason);
    }
  });
}

function describeHostRoutes(given: () => Given): void {
  test("are kept as they are said, and refused when they are said twice, or none", async () => {
    const { fixture } = given();
    const name = `contract-${fixture.suffix}-routes`;
    const networkId = await fixture.make("network", "/networks", "network", { name });
    const route = { destination: "10.0.0.0/8", nexthop: "192.168.79.9" };
    const id = await fixture.make("network", "/subnets", "subnet", {
      ...{ network_id: networkId, ip_version: 4, cidr: "192.168.79.0/24" },
      host_routes: [route],
    });
    const write = (host_routes: object[]) =>
      fixture.raw("PUT", "network", `/subnets/${id}`, { subnet: { host_routes } });
    const two = [route, { ...route, destination: "11.0.0.0/8" }];
    expect((await write(two)).body["subnet"]?.["host_routes"]).toEqual(two);
    for (const wrong of [[route, route], [{ ...route, destination: "nonsense" }]]) {
      expect(neutronError(await write(wrong))).toEqual([400, "HTTPBadRequest"]);
    }
  });
}
