import * as pulumi from "@pulumi/pulumi";
import { Environment } from "../../components/Environment";
import { parseEnvironment } from "../../snapset/environment/parse";
import { selectedState } from "./fakePlaces";

interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const declared: Declared[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        declared.push({ type, name, inputs: inputs as Record<string, unknown> });
        return {
          id: `${name}-id`,
          state: {
            ...(inputs as object),
            ...selectedState(type, inputs as object),
            address: `${name}-address`,
          },
        };
      },
      call: ({ token }) => {
        throw new Error(`${token}: everything is looked up before`);
      },
    },
    "snapset",
    "dev",
  );
});

beforeEach(() => {
  declared.length = 0;
});

function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

async function declare(changes: object): Promise<pulumi.Output<unknown> | undefined> {
  const subnets = [
    { name: "four", cidr: "192.168.32.0/24" },
    {
      ...{ name: "six", cidr: "fd00::/64" },
      ...{ ipv6AddressMode: "dhcpv6-stateful", ipv6RaMode: "dhcpv6-stateful" },
    },
  ];
  const node = { name: "box", role: "compute", image: "base", flavor: "small" };
  const data = {
    name: "lab",
    networks: [{ name: "net", subnets }],
    nodes: [{ ...node, ports: [{ network: "net" }] }],
    ...changes,
  };
  const spec = parseEnvironment(data, "lab");
  const environment = new Environment("lab", { spec });
  await promiseOf(environment.snapsetData);
  await new Promise(setImmediate);
  return environment.stackOutputs;
}

const inputsOf = (type: string, name: string) =>
  declared.find((it) => it.type.endsWith(`:${type}`) && it.name === name)?.inputs;
const nodeWith = (port: object) => ({
  nodes: [
    {
      ...{ name: "box", role: "compute", image: "base", flavor: "small" },
      ports: [{ name: "p", network: "net", ...port }],
    },
  ],
});

describe("the ports of an environment", () => {
  it("binds a server to a trunk's parent port, with the others behind it", async () => {
    const subports = [
      { name: "storage", network: "net", mac: "fa:16:3e:00:00:20", vlanId: 20 },
      { network: "net", vlanId: 21, floatingIp: { network: "public" } },
    ];
    await declare(nodeWith({ trunk: { name: "t", subports } }));
    expect(inputsOf("FloatingIpAssociate", "box/p-vlan-21-floating-ip")).toMatchObject({
      portId: "box/p-vlan-21-id",
    });
    expect(inputsOf("Trunk", "box/t")).toMatchObject({
      portId: "box/p-id",
      subPorts: [
        { portId: "box/storage-id", segmentationId: 20, segmentationType: "vlan" },
        { portId: "box/p-vlan-21-id", segmentationId: 21, segmentationType: "vlan" },
      ],
    });
    expect(inputsOf("Port", "box/storage")).toMatchObject({ macAddress: "fa:16:3e:00:00:20" });
    expect(inputsOf("Instance", "box")).toMatchObject({ networks: [{ port: "box/p-id" }] });
  });

  it("finds the subnet of each address, and gives DHCP options", async () => {
    const fixedIps = [{ ip: "fd00::5" }, { ip: "192.168.32.5" }];
    const dhcpOptions = [{ name: "67", value: "file", ipVersion: 4 }];
    await declare(nodeWith({ fixedIps, dhcpOptions }));
    expect(inputsOf("Port", "box/p")).toMatchObject({
      fixedIps: [
        { ipAddress: "fd00::5", subnetId: "six-id" },
        { ipAddress: "192.168.32.5", subnetId: "four-id" },
      ],
      extraDhcpOptions: [{ name: "67", value: "file", ipVersion: 4 }],
    });
    expect(inputsOf("Subnet", "six")).toMatchObject({
      ...{ ipVersion: 6, ipv6AddressMode: "dhcpv6-stateful", ipv6RaMode: "dhcpv6-stateful" },
    });
  });

  it("declares ports that no node has, and routes", async () => {
    await declare({
      ports: [{ network: "net", fixedIps: [{ ip: "192.168.32.9" }] }],
      routers: [
        { name: "r", subnets: ["six"], routes: [{ destination: "::/0", nexthop: "fd00::9" }] },
      ],
    });
    expect(inputsOf("Port", "lab-port-0")).toMatchObject({
      fixedIps: [{ ipAddress: "192.168.32.9" }],
    });
    expect(inputsOf("RouterRoute", "r-::/0")).toEqual({
      ...{ routerId: "r-id", destinationCidr: "::/0", nextHop: "fd00::9" },
    });
  });

  it("gives a server volumes as the devices that they are to be", async () => {
    const cdrom = { type: "cdrom", bus: "sata" };
    await declare({
      nodes: [
        {
          ...{ name: "box", role: "bmh", image: "blank", flavor: "small" },
          ports: [{ network: "net" }],
          rootVolume: { sizeGb: 5, device: cdrom },
          volumes: [{ name: "disk", sizeGb: 60, image: "base", bootIndex: 1 }],
        },
      ],
    });
    expect(inputsOf("Instance", "box")?.["blockDevices"]).toMatchObject([
      { uuid: "box/box-root-id", bootIndex: 0, deviceType: "cdrom", diskBus: "sata" },
      { uuid: "box/disk-id", bootIndex: 1 },
    ]);
  });

  it("hands on outputs with what is known once it is deployed, and null for what is not there", async () => {
    const outputs = {
      plain: { a: [1, "text", null] },
      ids: [{ $serverId: "box" }, { $serverId: "nobody" }],
      host: { ansible_host: { $floatingIp: "p" }, mac: { $macAddress: "child" } },
    };
    const port = {
      mac: "fa:16:3e:00:00:01",
      floatingIp: { network: "public" },
      trunk: {
        subports: [{ name: "child", network: "net", mac: "fa:16:3e:00:00:02", vlanId: 2 }],
      },
    };
    const resolved = await declare({ ...nodeWith(port), outputs });
    expect(resolved && (await promiseOf(resolved))).toEqual({
      plain: { a: [1, "text", null] },
      ids: ["box-id", null],
      host: { ansible_host: "box-port-floating-ip-address", mac: "fa:16:3e:00:00:02" },
    });
    expect(await declare({})).toBeUndefined();
  });
});
