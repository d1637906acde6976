import { isIP } from "node:net";
import { z } from "zod";
import { hooksSchema } from "../hooks/schema";
import { normalizeMac } from "../mac";
import { volumePolicies } from "../manifest";
import { roles } from "../roles";

const name = z
  .string()
  .min(1, "must not be empty")
  .max(200, "must be at most 200 characters")
  .refine((text) => !/[\p{Cc}/]/u.test(text), "must not hold '/' or control characters");

/** Whether a name of the cloud's can be one in an environment. */
export function isName(text: string): boolean {
  return name.safeParse(text).success;
}

/** What the cloud calls something that is not the environment's own; it may be any text. */
const cloudName = z.string().min(1, "must not be empty").max(255, "must be at most 255 characters");

const ip = z.string().refine((text) => isIP(text) !== 0, "must be an IP address");

const cidr = z.string().refine((text) => {
  const [address = "", length = ""] = text.split("/");
  const bits = isIP(address) === 4 ? 32 : 128;
  return isIP(address) !== 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits;
}, "must be a network in CIDR form, such as 192.168.32.0/24");

const mac = z.string().transform((text, context) => {
  const normalized = normalizeMac(text);
  if (normalized !== undefined) return normalized;
  context.addIssue({ code: "custom", message: `must be a MAC address, got ${text}` });
  return z.NEVER;
});

/** How the hosts of an IPv6 subnet get their addresses, in Neutron's words. */
const ipv6Mode = z.enum(["dhcpv6-stateful", "dhcpv6-stateless", "slaac"], {
  error: "must be one of dhcpv6-stateful, dhcpv6-stateless, slaac",
});

const route = z.strictObject({ destination: cidr, nexthop: ip });

const subnet = z.strictObject({
  name,
  cidr,
  gatewayIp: ip.nullable().optional(),
  enableDhcp: z.boolean().default(true),
  dnsNameservers: z.array(ip).default([]),
  allocationPools: z.array(z.strictObject({ start: ip, end: ip })).default([]),
  /** What its hosts are told by DHCP beside the way to the gateway. */
  hostRoutes: z.array(route).optional(),
  ipv6AddressMode: ipv6Mode.optional(),
  ipv6RaMode: ipv6Mode.optional(),
});

const network = z.strictObject({
  name,
  /** Somebody else's, e.g. a provider network: found by its name, neither made nor removed. */
  existing: z.boolean().optional(),
  portSecurity: z.boolean().default(true),
  mtu: z.int().min(68).max(65_535).optional(),
  /** None: its ports have no addresses; or, of somebody else's network, none that are shown. */
  subnets: z.array(subnet),
});

const router = z.strictObject({
  name,
  externalNetwork: cloudName.optional(),
  /** Whether what leaves by the gateway has the router's address; the cloud decides by default. */
  enableSnat: z.boolean().optional(),
  /** Where it has the gateway's address. */
  subnets: z.array(name).default([]),
  /** Where it has another address. */
  interfaces: z.array(z.strictObject({ subnet: name, ip })).optional(),
  routes: z.array(route).optional(),
});

const portNumber = z
  .int()
  .min(0, "must be a port, 0 to 65535")
  .max(65_535, "must be a port, 0 to 65535");

/** In Neutron's words; what is not said is not restricted. */
const securityRule = z.strictObject({
  direction: z.enum(["ingress", "egress"], { error: "must be one of ingress, egress" }),
  ethertype: z.enum(["IPv4", "IPv6"], { error: "must be one of IPv4, IPv6" }).default("IPv4"),
  protocol: z.string().optional(),
  /** ICMP: the type. */
  portMin: portNumber.optional(),
  /** ICMP: the code. */
  portMax: portNumber.optional(),
  remoteCidr: cidr.optional(),
  /** The name of a group. */
  remoteGroup: name.optional(),
});

/** A group with exactly these rules: none that the cloud adds by itself. */
const securityGroup = z.strictObject({
  name,
  description: z.string().optional(),
  rules: z.array(securityRule).default([]),
});

const serverGroupPolicies = [
  "anti-affinity",
  "soft-anti-affinity",
  "affinity",
  "soft-affinity",
] as const;

/** Whose servers the cloud keeps on different hosts, or together on one. */
const serverGroup = z.strictObject({
  name,
  policy: z.enum(serverGroupPolicies, {
    error: `must be one of ${serverGroupPolicies.join(", ")}`,
  }),
});

const vlanId = z
  .int()
  .min(1, "must be a VLAN id, 1 to 4094")
  .max(4094, "must be a VLAN id, 1 to 4094");

const dhcpOption = z.strictObject({
  name: z.string().min(1, "must not be empty"),
  value: z.string(),
  ipVersion: z.union([z.literal(4), z.literal(6)], { error: "must be 4 or 6" }).optional(),
});

/** A port without what only the port of a server itself can have. */
const plainPort = z.strictObject({
  name: name.optional(),
  network: name,
  mac: mac.optional(),
  /** With an address, or with any of a subnet's; of none said, one of the network's. */
  fixedIps: z
    .array(
      z
        .strictObject({ subnet: name.optional(), ip: ip.optional() })
        .refine(({ subnet, ip }) => subnet !== undefined || ip !== undefined, {
          message: "must have an ip, or a subnet to have any address of",
        }),
    )
    .default([]),
  /** Whether it has no address at all. */
  noFixedIps: z.boolean().optional(),
  portSecurity: z.boolean().optional(),
  /** Names of the environment's own, else of what the cloud has. */
  securityGroups: z.array(name).optional(),
  /** Neutron's `binding:vnic_type`; `normal` by default. */
  vnicType: z.string().min(1, "must not be empty").optional(),
  allowedAddressPairs: z.array(z.strictObject({ ip: z.string(), mac: mac.optional() })).default([]),
  dhcpOptions: z.array(dhcpOption).optional(),
  floatingIp: z.strictObject({ network: cloudName, address: ip.optional() }).optional(),
});

/** A port behind another one, which carries its frames with a VLAN's tag. */
const subport = plainPort.extend({ vlanId });

const port = plainPort.extend({
  trunk: z.strictObject({ name: name.optional(), subports: z.array(subport) }).optional(),
});

const sizeGb = z.int().min(1, "must be at least 1");

/** Cinder's name of a volume type; it may be any text. */
const volumeType = z.string().min(1, "must not be empty");

/** What the guest sees a volume as; a disk on the bus of the cloud's choice by default. */
const device = z.strictObject({
  type: z.enum(["disk", "cdrom"], { error: "must be one of disk, cdrom" }),
  bus: z
    .enum(["ide", "sata", "scsi", "usb", "virtio"], {
      error: "must be one of ide, sata, scsi, usb, virtio",
    })
    .optional(),
});

const volume = z.strictObject({
  name,
  sizeGb,
  type: volumeType.optional(),
  /** The name of the image that a new one is filled from. */
  image: name.optional(),
  /** What a set does with it; and a restore, where the environment is given. */
  capture: z
    .enum(volumePolicies, { error: `must be one of ${volumePolicies.join(", ")}` })
    .default("include"),
  device: device.optional(),
  /** The node may boot from it after its root disk, in this order. */
  bootIndex: z.int().min(1, "must be at least 1").optional(),
});

/** A root disk that is a volume, filled from the node's image. */
const rootVolume = z.strictObject({
  sizeGb,
  type: volumeType.optional(),
  device: device.optional(),
});

const node = z.strictObject({
  name,
  role: z.enum(roles, { error: `must be one of ${roles.join(", ")}` }),
  image: cloudName.optional(),
  flavor: cloudName,
  configDrive: z.boolean().default(false),
  userData: z.string().optional(),
  userDataFile: z.string().optional(),
  keyPair: cloudName.optional(),
  availabilityZone: cloudName.optional(),
  /** The name of one of the environment's server groups. */
  serverGroup: name.optional(),
  metadata: z.record(z.string().max(255), z.string().max(255)).default({}),
  sshUser: z.string().optional(),
  ports: z.array(port).min(1, "must have at least one port"),
  rootVolume: rootVolume.optional(),
  /** In the order of their devices. */
  volumes: z.array(volume).default([]),
});

/** A machine of Ironic: found there, neither made nor removed. Its MACs are its hardware's. */
const machine = z.strictObject({
  /** What it is called in the environment, and as a member of a set. */
  name,
  role: z.enum(roles, { error: `must be one of ${roles.join(", ")}` }),
  /** Its node in Ironic: a name or a UUID. */
  node: cloudName,
  /** Those that it must have; they are checked, and cannot be set. */
  macAddresses: z.array(mac).default([]),
});

/** The schema of {@link Environment}. */
export const environmentSchema = z.strictObject({
  name,
  networks: z.array(network).min(1, "must have at least one network"),
  routers: z.array(router).default([]),
  securityGroups: z.array(securityGroup).optional(),
  serverGroups: z.array(serverGroup).optional(),
  nodes: z.array(node).min(1, "must have at least one node"),
  /** Nodes that are no servers, but machines of bare metal. */
  bareMetal: z.array(machine).optional(),
  /** Ports that no node has: addresses that are kept for something else. */
  ports: z.array(port).optional(),
  /**
   * What is handed on to whoever installs something on it, by name; maps such as
   * `{$serverId: "controller"}` stand for what is known once it is deployed.
   */
  outputs: z.record(z.string(), z.json()).optional(),
  /** Commands of the user's own at certain points of its life. */
  hooks: hooksSchema.optional(),
  /** Its cluster has to be stable this long, at least, before it is captured. */
  minStablePeriodSeconds: z.number().min(0, "must not be negative").optional(),
});

/** In the outputs of an environment: something by the name of its node, port or network. */
export type OutputReference =
  { $serverId: string } | { $macAddress: string } | { $floatingIp: string } | { $mtu: string };

/** Networks, routers, nodes and volumes: what a stack declares. */
export type Environment = z.output<typeof environmentSchema>;
export type EnvironmentNetwork = Environment["networks"][number];
export type EnvironmentRouter = Environment["routers"][number];
export type EnvironmentSecurityGroup = NonNullable<Environment["securityGroups"]>[number];
export type EnvironmentServerGroup = NonNullable<Environment["serverGroups"]>[number];
export type EnvironmentNode = Environment["nodes"][number];
export type EnvironmentMachine = NonNullable<Environment["bareMetal"]>[number];
export type EnvironmentVolume = EnvironmentNode["volumes"][number];
export type EnvironmentPort = EnvironmentNode["ports"][number];
export type EnvironmentSubport = NonNullable<EnvironmentPort["trunk"]>["subports"][number];

/** A port and where it stands: `nodes[2].ports[0].trunk.subports[1]`. */
export interface PlacedPort {
  key: string;
  port: EnvironmentPort | EnvironmentSubport;
}

/** Every port of an environment, those behind trunks and those that no node has among them. */
export function portsOf({ nodes, ports }: Environment): PlacedPort[] {
  const own = nodes.flatMap((node, n) =>
    node.ports.map((port, p) => ({ key: `nodes[${n}].ports[${p}]`, port })),
  );
  const others = (ports ?? []).map((port, p) => ({ key: `ports[${p}]`, port }));
  return [...own, ...others].flatMap(({ key, port }) => [
    { key, port },
    ...(port.trunk?.subports ?? []).map((subport, s) => ({
      key: `${key}.trunk.subports[${s}]`,
      port: subport,
    })),
  ]);
}

/** The node that carries DNS, DHCP and the way in; the anchor of a set. */
export function controllerOf(environment: Environment): EnvironmentNode | undefined {
  return environment.nodes.find((candidate) => candidate.role === "controller");
}

/** The name of the volume that a node boots from; no other volume of the node has it. */
export function rootVolumeName(node: string): string {
  return `${node}-root`;
}

/**
 * How long a cluster has to be stable before it is captured, in milliseconds.
 *
 * @param configured in milliseconds
 */
export function stablePeriodOf(environment: Environment | null, configured: number): number {
  return Math.max(configured, (environment?.minStablePeriodSeconds ?? 0) * 1000);
}
