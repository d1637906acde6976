import { Mocks, type Asked } from "./mocks";

const mocks = new Mocks();
beforeAll(() => mocks.install());
beforeEach(() => {
  mocks.clear();
});

/** A resource's name, and those that it may have had before. */
const namesOf = (it: Asked) => [
  it.name,
  ...(mocks.optionsOf(it).aliases as { name: string }[]).map(({ name }) => name),
];
const subnet = { name: "subnet", cidr: "192.168.32.0/24" };
const node = { name: "box", role: "compute", image: "base", flavor: "small" };

describe("the networks of an environment", () => {
  it("have the routes that hosts are told", async () => {
    const hostRoutes = [{ destination: "10.0.0.0/8", nexthop: "192.168.32.9" }];
    await mocks.declare({ networks: [{ name: "net", subnets: [{ ...subnet, hostRoutes }] }] });
    expect(mocks.inputsOf("SubnetRoute", "subnet-10.0.0.0/8-192.168.32.9")).toEqual({
      ...{ subnetId: "subnet-id", destinationCidr: "10.0.0.0/8", nextHop: "192.168.32.9" },
    });
  });

  it("are found when they are somebody else's: by name, their subnets by address", async () => {
    await mocks.declare({
      networks: [
        { name: "net", subnets: [subnet] },
        { name: "provider", existing: true, subnets: [{ name: "theirs", cidr: "172.16.0.0/16" }] },
      ],
      routers: [{ name: "r", subnets: ["theirs"] }],
      nodes: [{ ...node, ports: [{ network: "provider", fixedIps: [{ ip: "172.16.0.7" }] }] }],
    });
    expect(mocks.of("Network").map(({ name }) => name)).toEqual(["net"]);
    expect(mocks.of("Subnet").map(({ name }) => name)).toEqual(["subnet"]);
    expect(mocks.inputsOf("Port", "box/box-port")).toMatchObject({
      networkId: "provider-id",
      fixedIps: [{ subnetId: "172.16.0.0/16-id", ipAddress: "172.16.0.7" }],
    });
    expect(mocks.inputsOf("RouterInterface", "r-theirs")).toMatchObject({
      subnetId: "172.16.0.0/16-id",
    });
  });
});

describe("the routers of an environment", () => {
  it("have another address than the gateway's by a port, and hide addresses if so declared", async () => {
    await mocks.declare({
      networks: [{ name: "net", subnets: [subnet, { name: "two", cidr: "192.168.33.0/24" }] }],
      routers: [
        {
          ...{ name: "r", externalNetwork: "public", enableSnat: false, subnets: ["two"] },
          interfaces: [{ subnet: "subnet", ip: "192.168.32.254" }],
        },
      ],
    });
    expect(mocks.inputsOf("Router", "r")).toMatchObject({ enableSnat: false });
    expect(mocks.inputsOf("Port", "r-subnet-port")).toMatchObject({
      networkId: "net-id",
      fixedIps: [{ subnetId: "subnet-id", ipAddress: "192.168.32.254" }],
    });
    expect(mocks.inputsOf("RouterInterface", "r-subnet")).toEqual({
      ...{ routerId: "r-id", portId: "r-subnet-port-id" },
    });
    expect(mocks.inputsOf("RouterInterface", "r-two")).toEqual({
      ...{ routerId: "r-id", subnetId: "two-id" },
    });
  });

  it("leaves it to the cloud whether addresses are hidden", async () => {
    await mocks.declare({ routers: [{ name: "r", externalNetwork: "public" }] });
    expect(mocks.inputsOf("Router", "r")).not.toHaveProperty("enableSnat");
  });
});

describe("the ports of nodes", () => {
  it("have any address of a subnet, or none, and are bound as declared", async () => {
    const ports = [
      { network: "net", fixedIps: [{ subnet: "subnet" }], vnicType: "direct" },
      { network: "net", noFixedIps: true },
    ];
    await mocks.declare({ nodes: [{ ...node, ports }] });
    expect(mocks.inputsOf("Port", "box/box-port-0")).toMatchObject({
      fixedIps: [{ subnetId: "subnet-id" }],
      binding: { vnicType: "direct" },
    });
    expect(mocks.inputsOf("Port", "box/box-port-1")).toMatchObject({ noFixedIp: true });
    expect(mocks.inputsOf("Port", "box/box-port-1")).not.toHaveProperty("fixedIps");
    expect(mocks.inputsOf("Port", "box/box-port-1")).not.toHaveProperty("binding");
  });

  it("may share their names; the first is what was called so before", async () => {
    const port = { name: "data", network: "net", trunk: { name: "t", subports: [] } };
    await mocks.declare({
      nodes: [
        { ...node, ports: [port, port] },
        { ...node, name: "other", ports: [port] },
      ],
      ports: [{ name: "data", network: "net" }],
    });
    expect(mocks.of("Port").map(namesOf)).toEqual([
      ["box/data", "data"],
      ["box/data (2)"],
      ["data"],
      ["other/data"],
    ]);
    expect(mocks.of("Trunk").map(namesOf)).toEqual([["box/t", "t"], ["box/t (2)"], ["other/t"]]);
    expect(mocks.of("Port").map(({ inputs }) => inputs["name"])).toEqual(
      Array.from({ length: 4 }, () => "data"),
    );
  });
});
