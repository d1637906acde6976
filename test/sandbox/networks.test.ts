/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- raw answers are what is tested */
import { Lab, type Answer } from "./client";

const nowhere = "00000000-0000-4000-8000-000000000000";

describe("Neutron", () => {
  let lab: Lab;
  let networkId: string;
  let subnetId: string;
  beforeEach(async () => {
    lab = await Lab.open();
    ({ networkId, subnetId } = await lab.network());
  });
  afterEach(() => lab.close());

  const post = (path: string, body: object) => lab.call("POST", `/network/v2.0/${path}`, body);
  const put = (path: string, body: object) => lab.call("PUT", `/network/v2.0/${path}`, body);
  const refusal = (answer: Answer) => {
    const { type, message } = answer.body.NeutronError;
    return [answer.status, type, message];
  };
  const externalId = () =>
    [...lab.world.networking.tables.networks.values()].find((n) => n["router:external"])?.id ?? "";
  const router = async () => {
    const external_gateway_info = { network_id: externalId() };
    return (await post("routers", { router: { name: "r", external_gateway_info } })).body.router;
  };

  it("keeps MACs unique on a network, and only there", async () => {
    const mac_address = "fa:16:9e:81:f6:05";
    await lab.port(networkId, { mac_address });
    expect(refusal(await post("ports", { port: { network_id: networkId, mac_address } }))).toEqual([
      409,
      "MacAddressInUse",
      `Unable to complete operation for network ${networkId}. The mac address ${mac_address} is in use.`,
    ]);
    const other = await lab.network("other", "10.0.0.0/24");
    expect((await lab.port(other.networkId, { mac_address })).mac_address).toBe(mac_address);
  });

  it.each([
    [
      { ip_address: "192.168.32.10" },
      409,
      "IpAddressAlreadyAllocated",
      "IP address 192.168.32.10 already allocated in subnet SUBNET",
    ],
    [
      { ip_address: "10.9.9.9" },
      400,
      "InvalidIpForNetwork",
      "IP address 10.9.9.9 is not a valid IP for any of the subnets on the specified network.",
    ],
    [
      { ip_address: "10.9.9.9", subnet_id: "SUBNET" },
      400,
      "InvalidIpForSubnet",
      "IP address 10.9.9.9 is not a valid IP for the specified subnet.",
    ],
  ])("refuses the address %j", async (wish, status, type, message) => {
    await lab.port(networkId, { fixed_ips: [{ ip_address: "192.168.32.10" }] });
    const fixed_ips = [JSON.parse(JSON.stringify(wish).replace("SUBNET", subnetId))];
    const answer = await post("ports", { port: { network_id: networkId, fixed_ips } });
    expect(refusal(answer)).toEqual([status, type, message.replace("SUBNET", subnetId)]);
  });

  it.each([
    [{}, "Failed to parse request. Required attribute 'network_id' not specified"],
    [{ network_id: nowhere, foo: 1 }, "Unrecognized attribute(s) 'foo'"],
    [
      { network_id: nowhere, mac_address: "zz" },
      "Invalid input for mac_address. Reason: 'zz' is not a valid MAC address.",
    ],
    [
      { network_id: nowhere, name: 5 },
      "Invalid input for name. Reason: '5' is not a valid string.",
    ],
  ])("refuses the port %j", async (port, message) => {
    expect(refusal(await post("ports", { port }))).toEqual([400, "HTTPBadRequest", message]);
  });

  it("connects a floating IP through the router between the networks, or not at all", async () => {
    const port = await lab.port(networkId);
    const made = await post("floatingips", { floatingip: { floating_network_id: externalId() } });
    const { id } = made.body.floatingip;
    const associate = () => put(`floatingips/${id}`, { floatingip: { port_id: port.id } });
    expect(refusal(await associate())[1]).toBe("ExternalGatewayForFloatingIPNotFound");
    const { id: routerId } = await router();
    await put(`routers/${routerId}/add_router_interface`, { subnet_id: subnetId });
    expect((await associate()).body.floatingip).toMatchObject({
      router_id: routerId,
      port_id: port.id,
      fixed_ip_address: port.fixed_ips[0].ip_address,
      port_details: { mac_address: port.mac_address, network_id: networkId },
    });
    const remove = () =>
      put(`routers/${routerId}/remove_router_interface`, { subnet_id: subnetId });
    expect(refusal(await remove())[1]).toBe("RouterInterfaceInUseByFloatingIP");
    await lab.call("DELETE", `/network/v2.0/ports/${port.id}`);
    expect((await lab.get(`/network/v2.0/floatingips/${id}`)).body.floatingip).toMatchObject({
      port_id: null,
      router_id: null,
      status: "DOWN",
    });
    expect((await remove()).status).toBe(200);
  });

  it("does not let go of what is in use", async () => {
    const { id: routerId } = await router();
    const attach = await put(`routers/${routerId}/add_router_interface`, { subnet_id: subnetId });
    const remove = (path: string) => lab.call("DELETE", `/network/v2.0/${path}`);
    expect(refusal(await remove(`routers/${routerId}`))).toEqual([
      409,
      "RouterInUse",
      `Router ${routerId} has ports still attached: ${attach.body.port_id}`,
    ]);
    expect(refusal(await remove(`subnets/${subnetId}`))[1]).toBe("SubnetInUse");
    expect(refusal(await remove(`networks/${networkId}`))).toEqual([
      409,
      "NetworkInUse",
      `Unable to complete operation on network ${networkId}. There are one or more ports still in use on the network, id for these ports is: ${attach.body.port_id}.`,
    ]);
  });

  it("filters by attributes and addresses, and refuses unknown filters", async () => {
    const port = await lab.port(networkId, { fixed_ips: [{ ip_address: "192.168.32.10" }] });
    await lab.port(networkId, { device_id: "x" });
    const ids = async (query: string) =>
      (await lab.get(`/network/v2.0/ports?${query}`)).body.ports.map((p: { id: string }) => p.id);
    expect(await ids("fixed_ips=ip_address%3D192.168.32.10")).toEqual([port.id]);
    expect(await ids(`network_id=${networkId}&device_id=`)).toEqual([port.id]);
    expect(await ids(`mac_address=${port.mac_address}`)).toEqual([port.id]);
    const fields = await lab.get("/network/v2.0/ports?device_id=x&fields=device_id");
    expect(fields.body.ports).toEqual([{ device_id: "x" }]);
    expect(refusal(await lab.get("/network/v2.0/ports?nope=1"))).toEqual([
      400,
      "HTTPBadRequest",
      "['nope'] is invalid attribute for filtering",
    ]);
  });

  it("goes by the quota", async () => {
    const small = await Lab.open({ quotas: { network: 1 } });
    await small.network();
    const answer = await small.call("POST", "/network/v2.0/networks", { network: { name: "two" } });
    expect(refusal(answer)).toEqual([
      409,
      "OverQuota",
      "Quota exceeded for resources: ['network'].",
    ]);
    await small.close();
  });
});
