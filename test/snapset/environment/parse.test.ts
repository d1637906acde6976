import { InputError } from "../../../common/errors";
import { parseEnvironment } from "../../../snapset/environment/parse";

const port = { network: "net", mac: "fa:16:9e:81:f6:05", fixedIps: [{ ip: "192.168.32.254" }] };
const node = { name: "controller", role: "controller", flavor: "small", ports: [port] };
const minimal = {
  name: "lab",
  networks: [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/24" }] }],
  nodes: [node],
};

function problemsOf(data: unknown): readonly string[] {
  try {
    parseEnvironment(data, "lab.yaml");
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("parseEnvironment", () => {
  it("fills in defaults and writes MACs as Neutron does", () => {
    const ports = [{ ...port, mac: "FA:16:9E:81:F6:5" }];
    const environment = parseEnvironment({ ...minimal, nodes: [{ ...node, ports }] }, "lab.yaml");
    expect(environment.nodes[0]?.ports[0]?.mac).toBe("fa:16:9e:81:f6:05");
    expect(environment.networks[0]).toEqual({
      name: "net",
      portSecurity: true,
      subnets: [
        {
          name: "subnet",
          cidr: "192.168.32.0/24",
          enableDhcp: true,
          dnsNameservers: [],
          allocationPools: [],
        },
      ],
    });
    expect(environment.routers).toEqual([]);
  });

  it("names every problem of the schema at once, by key", () => {
    const broken = {
      name: "",
      color: "blue",
      networks: [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/33" }] }],
      nodes: [
        { ...node, role: "boss", ports: [{ network: "net", mac: "fa:16" }] },
        { ...node, name: "a/b", ports: [] },
      ],
    };
    expect(problemsOf(broken)).toEqual([
      "name: must not be empty",
      "networks[0].subnets[0].cidr: must be a network in CIDR form, such as 192.168.32.0/24",
      "nodes[0].role: must be one of controller, ocp_master, ocp_worker, compute, networker, bmh, ironic, nat64_appliance, switch, devstack",
      "nodes[0].ports[0].mac: must be a MAC address, got fa:16",
      "nodes[1].name: must not hold '/' or control characters",
      "nodes[1].ports: must have at least one port",
      "color: unknown key",
    ]);
  });

  it("refuses a name, a MAC or an address that stands twice", () => {
    expect(problemsOf({ ...minimal, nodes: [node, node] })).toEqual([
      "nodes[1].name: controller stands at nodes[0].name already",
      "nodes[1].ports[0].mac: fa:16:9e:81:f6:05 stands at nodes[0].ports[0].mac already",
      "nodes[1].ports[0].fixedIps[0].ip: 192.168.32.254 stands at nodes[0].ports[0].fixedIps[0].ip already",
      "nodes: at most one controller, got controller, controller",
    ]);
  });

  it("allows the same MAC and address on another network", () => {
    const networks = ["net", "other"].map((name) => ({
      name,
      subnets: [{ name: `${name}-subnet`, cidr: "192.168.32.0/24" }],
    }));
    const ports = [port, { ...port, network: "other" }];
    expect(
      parseEnvironment({ ...minimal, networks, nodes: [{ ...node, ports }] }, "x").nodes,
    ).toHaveLength(1);
  });

  it("refuses references to what is not declared, and addresses outside their network", () => {
    const ports = [
      { network: "nat" },
      { network: "net", fixedIps: [{ ip: "10.0.0.1", subnet: "sub" }] },
    ];
    const routers = [{ name: "router", subnets: ["submarine"] }];
    expect(problemsOf({ ...minimal, routers, nodes: [{ ...node, ports }] })).toEqual([
      "routers[0].subnets[0]: there is no subnet submarine; there is subnet",
      "nodes[0].ports[0].network: there is no network nat; there is net",
      "nodes[0].ports[1].fixedIps[0].subnet: there is no subnet sub; there is subnet",
      "nodes[0].ports[1].fixedIps[0].ip: 10.0.0.1 is outside net (192.168.32.0/24)",
    ]);
  });

  it("refuses rules and interfaces that stand twice, and addresses that are none", () => {
    const rule = { direction: "ingress", protocol: "tcp", portMin: 22, portMax: 22 };
    const ports = [
      { network: "net", fixedIps: [{}] },
      { network: "net", noFixedIps: true, fixedIps: [{ subnet: "subnet" }] },
    ];
    expect(problemsOf({ ...minimal, nodes: [{ ...node, ports }] })).toEqual([
      "nodes[0].ports[0].fixedIps[0]: must have an ip, or a subnet to have any address of",
    ]);
    const broken = {
      ...minimal,
      securityGroups: [{ name: "own", rules: [rule, { ...rule, ethertype: "IPv4" }] }],
      routers: [
        { name: "r", subnets: ["subnet"], interfaces: [{ subnet: "subnet", ip: "192.168.32.9" }] },
      ],
      nodes: [{ ...node, ports: ports.slice(1) }],
    };
    expect(problemsOf(broken)).toEqual([
      "securityGroups[0].rules[1]: ingress-IPv4-tcp-22:22 stands at securityGroups[0].rules[0] already",
      "routers[0].interfaces[0].subnet: subnet stands at routers[0].subnets[0] already",
      "nodes[0].ports[0].fixedIps: noFixedIps is true; take one of them away",
    ]);
  });

  it("fills in what a set does with a volume, and refuses what it cannot do", () => {
    const volumes = [
      { name: "data", sizeGb: 1 },
      { name: "scratch", sizeGb: 1, capture: "exclude", image: "seed" },
    ];
    const [parsed] = parseEnvironment({ ...minimal, nodes: [{ ...node, volumes }] }, "x").nodes;
    expect(parsed?.volumes.map((volume) => volume.capture)).toEqual(["include", "exclude"]);
    const wrong = [{ name: "data", sizeGb: 0, capture: "maybe", type: "" }];
    const rootVolume = { sizeGb: 1, image: "rhcos" };
    expect(problemsOf({ ...minimal, nodes: [{ ...node, rootVolume, volumes: wrong }] })).toEqual([
      "nodes[0].rootVolume.image: unknown key",
      "nodes[0].volumes[0].sizeGb: must be at least 1",
      "nodes[0].volumes[0].type: must not be empty",
      "nodes[0].volumes[0].capture: must be one of include, empty, exclude",
    ]);
  });

  it("refuses a volume's name that stands twice in a node, the root's with them", () => {
    const named = (name: string) => ({ name, sizeGb: 1 });
    const volumes = [named("data"), named("data"), named("controller-root")];
    const other = { ...node, name: "compute0", role: "compute", ports: [{ network: "net" }] };
    const nodes = [
      { ...node, rootVolume: { sizeGb: 1 }, volumes },
      { ...other, volumes: [named("data"), named("controller-root")] },
    ];
    expect(problemsOf({ ...minimal, nodes })).toEqual([
      "nodes[0].volumes[1].name: data stands at nodes[0].volumes[0].name already",
      "nodes[0].volumes[2].name: controller-root stands at nodes[0].rootVolume already",
    ]);
  });
});
