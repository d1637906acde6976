import type { Ids } from "../ids";
import type { WorldClock } from "../worldClock";
import type { AddressRange } from "../ipam";

/** What every Neutron resource has. The records carry the wire's own field names. */
export interface NetworkRecord {
  readonly id: string;
  name: string;
  readonly project_id: string;
  readonly tenant_id: string;
  description: string;
  tags: string[];
  readonly created_at: string;
  updated_at: string;
  revision_number: number;
}

export interface NetworkNetwork extends NetworkRecord {
  admin_state_up: boolean;
  mtu: number;
  status: "ACTIVE";
  subnets: string[];
  shared: boolean;
  port_security_enabled: boolean;
  "router:external": boolean;
  is_default: boolean;
  availability_zone_hints: string[];
  availability_zones: string[];
  ipv4_address_scope: null;
  ipv6_address_scope: null;
}

export type Ipv6Mode = "dhcpv6-stateful" | "dhcpv6-stateless" | "slaac";

export interface Subnet extends NetworkRecord {
  readonly network_id: string;
  readonly ip_version: 4 | 6;
  readonly subnetpool_id: null;
  enable_dhcp: boolean;
  readonly ipv6_ra_mode: Ipv6Mode | null;
  readonly ipv6_address_mode: Ipv6Mode | null;
  gateway_ip: string | null;
  readonly cidr: string;
  allocation_pools: AddressRange[];
  host_routes: unknown[];
  dns_nameservers: string[];
  service_types: string[];
}

export interface FixedIp {
  subnet_id: string;
  ip_address: string;
}

export interface AddressPair {
  mac_address: string;
  ip_address: string;
}

export interface Port extends NetworkRecord {
  readonly network_id: string;
  mac_address: string;
  admin_state_up: boolean;
  status: "ACTIVE" | "DOWN";
  device_id: string;
  device_owner: string;
  fixed_ips: FixedIp[];
  allowed_address_pairs: AddressPair[];
  extra_dhcp_opts: unknown[];
  security_groups: string[];
  "binding:vnic_type": string;
  port_security_enabled: boolean;
}

export interface Router extends NetworkRecord {
  admin_state_up: boolean;
  status: "ACTIVE";
  external_gateway_info: {
    network_id: string;
    external_fixed_ips: FixedIp[];
    enable_snat: boolean;
  } | null;
  availability_zones: string[];
  availability_zone_hints: string[];
  routes: { destination: string; nexthop: string }[];
  flavor_id: null;
}

export interface Subport {
  port_id: string;
  segmentation_id: number;
  segmentation_type: string;
}

export interface Trunk extends NetworkRecord {
  admin_state_up: boolean;
  readonly port_id: string;
  status: "ACTIVE" | "DOWN";
  sub_ports: Subport[];
}

export interface FloatingIp extends Omit<NetworkRecord, "name"> {
  readonly floating_ip_address: string;
  readonly floating_network_id: string;
  router_id: string | null;
  port_id: string | null;
  fixed_ip_address: string | null;
  status: "ACTIVE" | "DOWN";
}

export interface SecurityGroupRule extends Omit<NetworkRecord, "name" | "tags"> {
  readonly security_group_id: string;
  readonly ethertype: "IPv4" | "IPv6";
  readonly direction: "ingress" | "egress";
  readonly protocol: string | null;
  readonly port_range_min: number | null;
  readonly port_range_max: number | null;
  readonly remote_ip_prefix: string | null;
  readonly remote_address_group_id: null;
  readonly normalized_cidr: string | null;
  readonly remote_group_id: string | null;
}

export interface SecurityGroup extends NetworkRecord {
  stateful: boolean;
  shared: boolean;
}

/** All of Neutron's content, and what its parts need to make more of it. */
export class NetworkTables {
  readonly networks = new Map<string, NetworkNetwork>();
  readonly subnets = new Map<string, Subnet>();
  readonly ports = new Map<string, Port>();
  readonly routers = new Map<string, Router>();
  readonly floatingIps = new Map<string, FloatingIp>();
  readonly trunks = new Map<string, Trunk>();
  readonly groups = new Map<string, SecurityGroup>();
  readonly rules = new Map<string, SecurityGroupRule>();

  constructor(
    readonly clock: WorldClock,
    readonly ids: Ids,
    /** Resource name → how many a project may have; -1 or absent is without limit. */
    readonly quotas: Readonly<Record<string, number>>,
  ) {}

  /** Neutron's time stamps: whole seconds, with a Z. */
  now(): string {
    return `${this.clock.now().toISOString().slice(0, 19)}Z`;
  }

  /** The fields that every new record has. */
  stamp(projectId: string) {
    const now = this.now();
    return {
      id: this.ids.uuid(),
      project_id: projectId,
      tenant_id: projectId,
      created_at: now,
      updated_at: now,
      revision_number: 1,
    };
  }

  /** Notes that a record has changed. */
  touch(record: { updated_at: string; revision_number: number }): void {
    record.updated_at = this.now();
    record.revision_number += 1;
  }

  portsOf(deviceId: string): Port[] {
    return [...this.ports.values()].filter((port) => port.device_id === deviceId);
  }

  subnetsOf(networkId: string): Subnet[] {
    return [...this.subnets.values()].filter((subnet) => subnet.network_id === networkId);
  }
}
