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
  "binding:vnic_type": z.string().optional(),
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
});

export type Network = z.infer<typeof networkSchema>;

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
    })
    .nullable(),
  routes: z.array(z.object({ destination: z.string(), nexthop: z.string() })).optional(),
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
  network_id?: string;
  project_id?: string;
  "router:external"?: boolean;
  /** Items per page; all pages are read. */
  limit?: number;
}

/** Filters of listFloatingIps, each an exact match. */
export interface FloatingIpQuery {
  port_id?: string | readonly string[];
  floating_ip_address?: string;
  floating_network_id?: string;
  /** Items per page; all pages are read. */
  limit?: number;
}
