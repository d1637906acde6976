import type { Fixture } from "./Fixture";

/** What there is once the suite has begun. */
interface Given {
  fixture: Fixture;
  networkId: string;
}

/** What tells the order of a server's ports, and what there is to read beside them. */
export function describeNics(given: () => Given): void {
  test("Nova's addresses are in the order of a server's ports, Neutron's list is by id", async () => {
    const { fixture, networkId } = given();
    const { network, compute } = fixture.openStack;
    const name = `contract-nics-${fixture.suffix}`;
    const other = await fixture.make("network", "/networks", "network", { name });
    const cidr = "192.168.76.0/24";
    const subnet = { name, network_id: other, ip_version: 4, cidr };
    await fixture.make("network", "/subnets", "subnet", subnet);
    const ports: string[] = [];
    for (const network_id of [other, networkId, other]) {
      ports.push(await fixture.make("network", "/ports", "port", { name, network_id }));
    }
    const id = await fixture.make("compute", "/servers", "server", {
      name,
      ...(await fixture.ingredients()),
      networks: ports.map((port) => ({ port })),
    });
    const server = await fixture.serverIs(id, "ACTIVE");
    const found = await network.listPorts({ device_id: id });
    const macs = ports.map((port) => found.find((it) => it.id === port)?.mac_address);
    const shown = Object.values(server.addresses).map((addresses) =>
      addresses.map((it) => it["OS-EXT-IPS-MAC:mac_addr"]),
    );
    expect(shown).toEqual([[macs[0], macs[2]], [macs[1]]]);
    const attached = (await compute.listInterfaces(id)).map(({ port_id }) => port_id);
    expect(attached).toEqual(ports.toSorted());
  }, 120_000);

  test("what is shared, trunks, groups and their members can be listed", async () => {
    const { fixture } = given();
    const { network, compute, projectId } = fixture.openStack;
    const [external] = await network.listNetworks({ "router:external": true });
    expect(external?.["router:external"]).toBe(true);
    expect((await network.listNetworks({ shared: true })).every(({ shared }) => shared)).toBe(true);
    const groups = await network.listSecurityGroups({ project_id: projectId });
    const rules = groups.find(({ name }) => name === "default")?.security_group_rules ?? [];
    expect(rules.filter(({ direction }) => direction === "egress")).toHaveLength(2);
    expect(await network.listTrunks({ project_id: projectId })).toEqual(expect.any(Array));
    expect(await compute.listServerGroups()).toEqual(expect.any(Array));
    // User data are for administrators.
    const [server] = await compute.listServers();
    expect(server?.["OS-EXT-SRV-ATTR:user_data"]).toBeUndefined();
  });
}
