import { z } from "zod";

const fixedIp = z.object({ subnet_id: z.string(), ip_address: z.string() });

export const portSchema = z.object({
  id: z.string(),
  name: z.string(),
  network_id: z.string(),
  project_id: z.string(),
  mac_address: z.string(),
  fixed_ips: z.array(fixedIp),
  status: z.string(),
  /** What it is attached to, e.g. a server; empty text when it is free. */
  device_id: z.string(),
  device_owner: z.string(),
  security_groups: z.array(z.string()),
  /** Absent in clouds without the extension. */
  port_security_enabled: z.boolean().optional(),
  allowed_address_pairs: z
    .array(z.object({ ip_address: z.string(), mac_address: z.string().optional() }))
    .optional(),
  extra_dhcp_opts: z
    .array(
      z.object({ opt_name: z.string(), opt_value: z.string(), ip_version: z.number().optional() }),
    )
    .optional(),
  "binding:vnic_type": z.string().optional(),
  admin_state_up: z.boolean().optional(),
  qos_policy_id: z.string().nullish(),
});

export type Port = z.infer<typeof portSchema>;

export const networkSchema = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  status: z.string(),
  subnets: z.array(z.string()),
  shared: z.boolean(),
  mtu: z.number().optional(),
  "router:external": z.boolean().optional(),
  port_security_enabled: z.boolean().optional(),
  admin_state_up: z.boolean().optional(),
  qos_policy_id: z.string().nullish(),
});

export type Network = z.infer<typeof networkSchema>;

const ipv6Mode = z.enum(["dhcpv6-stateful", "dhcpv6-stateless", "slaac"]);

export const subnetSchema = z.object({
  id: z.string(),
  name: z.string(),
  network_id: z.string(),
  project_id: z.string(),
  cidr: z.string(),
  ip_version: z.number(),
  gateway_ip: z.string().nullable(),
  enable_dhcp: z.boolean(),
  allocation_pools: z.array(z.object({ start: z.string(), end: z.string() })),
  dns_nameservers: z.array(z.string()),
  host_routes: z.array(z.object({ destination: z.string(), nexthop: z.string() })),
  ipv6_address_mode: ipv6Mode.nullish(),
  ipv6_ra_mode: ipv6Mode.nullish(),
});

export type Subnet = z.infer<typeof subnetSchema>;

export const routerSchema = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  status: z.string(),
  external_gateway_info: z
    .object({
      network_id: z.string(),
      external_fixed_ips: z.array(fixedIp).optional(),
      enable_snat: z.boolean().optional(),
    })
    .nullable(),
  routes: z.array(z.object({ destination: z.string(), nexthop: z.string() })).optional(),
  admin_state_up: z.boolean().optional(),
});

export type Router = z.infer<typeof routerSchema>;

export const floatingIpSchema = z.object({
  id: z.string(),
  floating_ip_address: z.string(),
  floating_network_id: z.string(),
  fixed_ip_address: z.string().nullable(),
  port_id: z.string().nullable(),
  router_id: z.string().nullable(),
  project_id: z.string(),
  status: z.string(),
});

export type FloatingIp = z.infer<typeof floatingIpSchema>;

const securityRule = z.object({
  direction: z.enum(["ingress", "egress"]),
  ethertype: z.string(),
  protocol: z.string().nullable(),
  /** Of ICMP: the type. */
  port_range_min: z.number().nullable(),
  /** Of ICMP: the code. */
  port_range_max: z.number().nullable(),
  remote_ip_prefix: z.string().nullable(),
  remote_group_id: z.string().nullable(),
  remote_address_group_id: z.string().nullish(),
});

export const securityGroupSchema = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  description: z.string(),
  stateful: z.boolean().optional(),
  security_group_rules: z.array(securityRule),
});

/** A security group with all its rules. */
export type SecurityGroup = z.infer<typeof securityGroupSchema>;

export const trunkSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The parent: the port that a server has. */
  port_id: z.string(),
  admin_state_up: z.boolean().optional(),
  sub_ports: z.array(
    z.object({
      port_id: z.string(),
      segmentation_id: z.number(),
      segmentation_type: z.string(),
    }),
  ),
});

/** A port that carries the frames of others, told apart by VLAN tags. */
export type Trunk = z.infer<typeof trunkSchema>;

export const quotaDetailsSchema = z.object({
  /** By resource, e.g. `port`; a limit of -1 is none. */
  quota: z.record(
    z.string(),
    z.object({ limit: z.number(), used: z.number(), reserved: z.number() }),
  ),
});

export type QuotaDetails = z.infer<typeof quotaDetailsSchema>["quota"];

/** Filters of listPorts, each an exact match. */
export interface PortQuery {
  name?: string;
  /** One server's id, or several. */
  device_id?: string | readonly string[];
  project_id?: string;
  network_id?: string;
  mac_address?: string;
  status?: string;
  /** Items per page; all pages are read. */
  limit?: number;
}

/** Filters of the other lists, each an exact match. */
export interface NetworkQuery {
  id?: string | readonly string[];
  name?: string;
  network_id?: string | readonly string[];
  project_id?: string;
  shared?: boolean;
  "router:external"?: boolean;
  /** Items per page; all pages are read. */
  limit?: number;
}

/** Filters of listFloatingIps, each an exact match. */
export interface FloatingIpQuery {
  port_id?: string | readonly string[];
  floating_ip_address?: string;
  floating_network_id?: string;
  project_id?: string;
  /** Items per page; all pages are read. */
  limit?: number;
}
