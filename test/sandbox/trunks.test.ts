/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- raw answers are what is tested */
import { Lab, type Answer } from "./client";

describe("Neutron's trunks, IPv6 and extra routes", () => {
  let lab: Lab;
  let networkId: string;
  beforeEach(async () => {
    lab = await Lab.open();
    ({ networkId } = await lab.network());
  });
  afterEach(() => lab.close());

  const send = (method: string, path: string, body?: object) =>
    lab.call(method, `/network/v2.0/${path}`, body);
  const refusal = ({ status, body }: Answer) => [status, body.NeutronError.type];
  const portId = async (): Promise<string> => (await lab.port(networkId)).id;
  const sub = (port_id: string, segmentation_id: number) => ({
    port_id,
    segmentation_id,
    segmentation_type: "vlan",
  });

  it("makes a trunk of a port, with others behind it", async () => {
    const [parent, child] = [await portId(), await portId()];
    const trunk = { name: "t", port_id: parent, sub_ports: [sub(child, 20)] };
    const made = await send("POST", "trunks", { trunk });
    expect([made.status, made.body.trunk]).toMatchObject([201, trunk]);
    const path = `trunks/${made.body.trunk.id}`;
    const other = await portId();
    const added = await send("PUT", `${path}/add_subports`, { sub_ports: [sub(other, 21)] });
    expect(added.body.sub_ports).toHaveLength(2);
    await send("PUT", `${path}/remove_subports`, { sub_ports: [{ port_id: child }] });
    expect((await send("GET", `${path}/get_subports`)).body).toEqual({
      sub_ports: [sub(other, 21)],
    });
    expect((await send("DELETE", path)).status).toBe(204);
    expect((await send("GET", path)).status).toBe(404);
  });

  it("refuses a port that is in use, and a tag that is taken", async () => {
    const [parent, child, other] = [await portId(), await portId(), await portId()];
    await lab.boot("server", { networks: [{ port: other }] });
    const create = (port_id: string, sub_ports: object[] = []) =>
      send("POST", "trunks", { trunk: { port_id, sub_ports } });
    expect(refusal(await create(other))).toEqual([409, "ParentPortInUse"]);
    const tags = [sub(child, 20), sub(await portId(), 20)];
    expect(refusal(await create(parent, tags))).toEqual([400, "HTTPBadRequest"]);
    const twice = [sub(child, 20), sub(child, 21)];
    expect(refusal(await create(parent, twice))).toEqual([400, "HTTPBadRequest"]);
    expect(refusal(await create(parent, [sub(child, 4095)]))).toEqual([400, "InvalidInput"]);
    expect((await create(parent, [sub(child, 20)])).status).toBe(201);
    expect(refusal(await create(child))).toEqual([409, "TrunkPortInUse"]);
    expect(refusal(await send("DELETE", `ports/${parent}`))).toEqual([
      409,
      "PortInUseAsTrunkParent",
    ]);
    expect(refusal(await send("DELETE", `ports/${child}`))).toEqual([409, "PortInUseAsSubPort"]);
  });

  it("keeps the trunk of a port that a server has", async () => {
    const parent = await portId();
    const { body } = await send("POST", "trunks", { trunk: { port_id: parent } });
    await lab.boot("server", { networks: [{ port: parent }] });
    expect(refusal(await send("DELETE", `trunks/${body.trunk.id}`))).toEqual([409, "TrunkInUse"]);
  });

  const subnet6 = (options: object) =>
    send("POST", "subnets", {
      subnet: { network_id: networkId, ip_version: 6, cidr: "fd00::/64", ...options },
    });

  it("gives ports an address of each version, by the subnet's mode", async () => {
    const stateful = { ipv6_ra_mode: "dhcpv6-stateful", ipv6_address_mode: "dhcpv6-stateful" };
    const { body } = await subnet6(stateful);
    expect(body.subnet).toMatchObject({ ip_version: 6, gateway_ip: "fd00::1", ...stateful });
    const slaac = { cidr: "fd01::/64", ipv6_ra_mode: "slaac", ipv6_address_mode: "slaac" };
    await subnet6(slaac);
    const port = await lab.port(networkId, { mac_address: "fa:16:3e:00:00:05" });
    const addresses = port.fixed_ips.map((ip: { ip_address: string }) => ip.ip_address);
    expect(addresses).toEqual([
      expect.stringMatching(/^192\.168\.32\./),
      expect.stringMatching(/^fd00::/),
      "fd01::f816:3eff:fe00:5",
    ]);
  });

  it.each([
    [{ cidr: "10.0.0.0/24" }],
    [{ ipv6_ra_mode: "slaac", ipv6_address_mode: "dhcpv6-stateful" }],
    [{ ip_version: 4, cidr: "10.0.0.0/24", ipv6_ra_mode: "slaac" }],
  ])("refuses the subnet %j", async (options) => {
    expect(refusal(await subnet6(options))).toEqual([400, "InvalidInput"]);
  });

  it("takes a route by a hop that the router reaches, and keeps the way to it", async () => {
    const { body } = await subnet6({});
    const router = (await send("POST", "routers", { router: { name: "r" } })).body.router;
    const routes = [{ destination: "::/0", nexthop: "fd00::2" }];
    const setRoutes = () => send("PUT", `routers/${router.id}`, { router: { routes } });
    expect(refusal(await setRoutes())).toEqual([400, "InvalidRoutes"]);
    const subnet = { subnet_id: body.subnet.id };
    await send("PUT", `routers/${router.id}/add_router_interface`, subnet);
    expect((await setRoutes()).body.router.routes).toEqual(routes);
    expect(
      refusal(await send("PUT", `routers/${router.id}/remove_router_interface`, subnet)),
    ).toEqual([409, "RouterInterfaceInUseByRoute"]);
  });
});
