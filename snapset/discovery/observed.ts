/** What Neutron and Nova show of a project; the field names are theirs. */
export interface ObservedCloud {
  projectId: string;
  networks: readonly ObservedNetwork[];
  subnets: readonly ObservedSubnet[];
  routers: readonly ObservedRouter[];
  ports: readonly ObservedPort[];
  floatingIps: readonly ObservedFloatingIp[];
  securityGroups: readonly ObservedSecurityGroup[];
  trunks: readonly ObservedTrunk[];
  serverGroups: readonly ObservedServerGroup[];
}

interface FixedIp {
  subnet_id: string;
  ip_address: string;
}

export interface ObservedNetwork {
  id: string;
  name: string;
  project_id: string;
  shared: boolean;
  "router:external"?: boolean | undefined;
  mtu?: number | undefined;
  port_security_enabled?: boolean | undefined;
  admin_state_up?: boolean | undefined;
  qos_policy_id?: string | null | undefined;
}

export interface ObservedSubnet {
  id: string;
  name: string;
  network_id: string;
  cidr: string;
  gateway_ip: string | null;
  enable_dhcp: boolean;
  allocation_pools: readonly { start: string; end: string }[];
  dns_nameservers: readonly string[];
  host_routes: readonly { destination: string; nexthop: string }[];
  ipv6_address_mode?: Ipv6Mode | null | undefined;
  ipv6_ra_mode?: Ipv6Mode | null | undefined;
}

type Ipv6Mode = "dhcpv6-stateful" | "dhcpv6-stateless" | "slaac";

export interface ObservedRouter {
  id: string;
  name: string;
  admin_state_up?: boolean | undefined;
  external_gateway_info: { network_id: string; enable_snat?: boolean | undefined } | null;
  routes?: readonly { destination: string; nexthop: string }[] | undefined;
}

export interface ObservedPort {
  id: string;
  name: string;
  network_id: string;
  mac_address: string;
  fixed_ips: readonly FixedIp[];
  /** What it is attached to, e.g. a server; empty text when it is free. */
  device_id: string;
  /** `compute:nova`, `network:router_interface`, `trunk:subport`, … */
  device_owner: string;
  admin_state_up?: boolean | undefined;
  security_groups: readonly string[];
  port_security_enabled?: boolean | undefined;
  allowed_address_pairs?:
    readonly { ip_address: string; mac_address?: string | undefined }[] | undefined;
  extra_dhcp_opts?:
    readonly { opt_name: string; opt_value: string; ip_version?: number | undefined }[] | undefined;
  "binding:vnic_type"?: string | undefined;
  qos_policy_id?: string | null | undefined;
}

export interface ObservedFloatingIp {
  floating_ip_address: string;
  floating_network_id: string;
  fixed_ip_address: string | null;
  port_id: string | null;
}

export interface ObservedSecurityRule {
  direction: "ingress" | "egress";
  ethertype: string;
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id: string | null;
  remote_address_group_id?: string | null | undefined;
}

export interface ObservedSecurityGroup {
  id: string;
  name: string;
  project_id: string;
  description: string;
  stateful?: boolean | undefined;
  security_group_rules: readonly ObservedSecurityRule[];
}

export interface ObservedTrunk {
  name: string;
  port_id: string;
  admin_state_up?: boolean | undefined;
  sub_ports: readonly { port_id: string; segmentation_id: number; segmentation_type: string }[];
}

export interface ObservedServerGroup {
  id: string;
  name: string;
  policies: readonly string[];
  /** Ids of servers. */
  members: readonly string[];
}

/** A server of the capture. */
export interface ObservedServer {
  id: string;
  key_name?: string | null | undefined;
  config_drive: string;
  metadata: Readonly<Record<string, string>>;
  /** By network name, in the order in which the server has its ports. */
  addresses: Readonly<Record<string, readonly ObservedAddress[]>>;
  "OS-EXT-AZ:availability_zone"?: string | null | undefined;
  /** Base64; shown to administrators. */
  "OS-EXT-SRV-ATTR:user_data"?: string | null | undefined;
}

export interface ObservedAddress {
  "OS-EXT-IPS-MAC:mac_addr": string;
}
