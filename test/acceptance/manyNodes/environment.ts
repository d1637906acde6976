/** Machine network, parent of the trunk, its two VLANs, and two more. */
const networks = ["machine", "ctl", "storage-vlan", "tenant-vlan", "storage", "external"] as const;

const nodes = [
  { name: "controller", role: "controller", image: "hotstack-controller" },
  ...[0, 1, 2].map((i) => node(`master${i}`, "ocp_master", "masters")),
  ...[0, 1].map((i) => node(`worker${i}`, "ocp_worker", "workers")),
];

function node(name: string, role: string, serverGroup: string) {
  return { name, role, serverGroup, image: "ipxe-boot-usb" };
}

/** The nth address of a network, and a MAC that tells both. */
function place(network: (typeof networks)[number], n: number) {
  const net = networks.indexOf(network);
  const mac = `fa:16:9e:90:0${net}:${(16 + n).toString(16)}`;
  return { network, mac, fixedIps: [{ ip: `192.168.${90 + net}.${10 + n}` }] };
}

/** Four interfaces in this order; the second carries two VLANs. */
function portsOf(n: number): object[] {
  return [
    { ...place("machine", n), securityGroups: ["api", "inside"] },
    {
      ...place("ctl", n),
      // The same on every node: names of ports need not be unique.
      name: "ctl",
      portSecurity: false,
      trunk: {
        name: "vlans",
        subports: [
          { ...place("storage-vlan", n), name: "storage-vlan", vlanId: 20 },
          { ...place("tenant-vlan", n), name: "tenant-vlan", vlanId: 21 },
        ],
      },
    },
    { ...place("storage", n), securityGroups: [] },
    {
      ...place("external", n),
      securityGroups: ["inside"],
      allowedAddressPairs: [{ ip: "192.168.95.0/24" }],
    },
  ];
}

/** Three masters, two workers and a controller, as somebody would write them down. */
export const manyNodes = {
  name: "many",
  networks: [
    ...networks.map((name, i) => ({
      name,
      subnets: [
        {
          ...{ name: `${name}-subnet`, cidr: `192.168.${90 + i}.0/24` },
          ...(name === "machine"
            ? { hostRoutes: [{ destination: "10.90.0.0/16", nexthop: "192.168.90.10" }] }
            : {}),
        },
      ],
    })),
  ],
  routers: [
    {
      ...{ name: "way-out", externalNetwork: "public", subnets: ["machine-subnet"] },
      interfaces: [{ subnet: "storage-subnet", ip: "192.168.94.254" }],
    },
  ],
  securityGroups: [
    {
      name: "api",
      rules: [
        { direction: "ingress", protocol: "tcp", portMin: 6443, portMax: 6443 },
        { direction: "ingress", protocol: "icmp", remoteCidr: "192.168.0.0/16" },
      ],
    },
    {
      name: "inside",
      description: "all among themselves",
      rules: [
        { direction: "ingress", remoteGroup: "inside" },
        { direction: "ingress", ethertype: "IPv6", protocol: "icmp", remoteGroup: "api" },
        { direction: "egress" },
        { direction: "egress", ethertype: "IPv6" },
      ],
    },
  ],
  serverGroups: ["masters", "workers"].map((name) => ({ name, policy: "anti-affinity" })),
  nodes: nodes.map((it, n) => ({
    ...it,
    flavor: "hotstack.small",
    ports: portsOf(n),
  })),
};
