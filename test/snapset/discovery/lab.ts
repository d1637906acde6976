import {
  discoverEnvironment,
  type Discovery,
} from "../../../snapset/discovery/discoverEnvironment";
import type { CapturedServer } from "../../../snapset/discovery/nodes";
import type {
  ObservedCloud,
  ObservedNetwork,
  ObservedPort,
  ObservedSecurityGroup,
  ObservedServer,
  ObservedSubnet,
} from "../../../snapset/discovery/observed";
import type { Environment } from "../../../snapset/environment/environment";

export function network(id: string, changes: Partial<ObservedNetwork> = {}): ObservedNetwork {
  const plain = { port_security_enabled: true, mtu: 1500, shared: false };
  return { id, name: id, project_id: "us", ...plain, "router:external": false, ...changes };
}

/** Of network `m` that is `s-m`, 192.168.9.0/24. */
export function subnet(
  network_id: string,
  cidr: string,
  changes: Partial<ObservedSubnet> = {},
): ObservedSubnet {
  return {
    id: `s-${network_id}`,
    name: `s-${network_id}`,
    network_id,
    cidr,
    gateway_ip: cidr.replace(/0\/\d+$/, "1"),
    enable_dhcp: true,
    allocation_pools: [],
    dns_nameservers: [],
    host_routes: [],
    ipv6_address_mode: null,
    ipv6_ra_mode: null,
    ...changes,
  };
}

/** A port of network `m` with the default group; its MAC ends in the last octet of its address. */
export function port(
  network_id: string,
  ip_address: string,
  changes: Partial<ObservedPort> = {},
): ObservedPort {
  const octet = Number(ip_address.split(".").at(-1)).toString(16).padStart(2, "0");
  return {
    id: `p-${network_id}-${ip_address}`,
    name: "",
    network_id,
    mac_address: `fa:16:9e:00:00:${octet}`,
    fixed_ips: [{ subnet_id: `s-${network_id}`, ip_address }],
    device_id: "",
    device_owner: "",
    security_groups: ["g-default"],
    port_security_enabled: true,
    allowed_address_pairs: [],
    extra_dhcp_opts: [],
    "binding:vnic_type": "normal",
    ...changes,
  };
}

export const has = (device_id: string) => ({ device_id, device_owner: "compute:nova" });

export function group(
  id: string,
  changes: Partial<ObservedSecurityGroup> = {},
): ObservedSecurityGroup {
  const plain = { project_id: "us", description: "", stateful: true, security_group_rules: [] };
  return { id, name: id, ...plain, ...changes };
}

export const rule = {
  direction: "ingress" as const,
  ethertype: "IPv4",
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_group_id: null,
  remote_address_group_id: null,
};

/** One network `m` with nothing in it; an external one. */
export function cloudOf(changes: Partial<ObservedCloud> = {}): ObservedCloud {
  return {
    projectId: "us",
    networks: [network("m"), network("public", { project_id: "them", "router:external": true })],
    subnets: [subnet("m", "192.168.9.0/24")],
    routers: [],
    ports: [],
    floatingIps: [],
    securityGroups: [group("g-default", { name: "default" })],
    trunks: [],
    serverGroups: [],
    ...changes,
  };
}

/** Server `a`, member `a`, with ports as Nova shows them: label → MACs. */
export function serverOf(
  id: string,
  addresses: Record<string, string[]>,
  changes: Partial<ObservedServer> = {},
): CapturedServer {
  const entries = Object.entries(addresses).map(([label, macs]) => [
    label,
    macs.map((mac) => ({ "OS-EXT-IPS-MAC:mac_addr": mac })),
  ]);
  const server: ObservedServer = {
    id,
    key_name: null,
    config_drive: "",
    metadata: {},
    addresses: Object.fromEntries(entries) as ObservedServer["addresses"],
    ...changes,
  };
  return { name: id, role: "compute", server, flavor: "m1", image: null };
}

/** Server `a` at 192.168.9.5 in network `m`, and what else there is. */
export function discovered(
  changes: Partial<ObservedCloud> = {},
  declared: Environment | null = null,
): Discovery {
  const own = port("m", "192.168.9.5", has("a"));
  const cloud = cloudOf(changes);
  const servers = [serverOf("a", { m: [own.mac_address] })];
  return discoverEnvironment("lab", servers, { ...cloud, ports: [own, ...cloud.ports] }, declared);
}
