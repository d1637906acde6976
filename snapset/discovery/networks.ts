import type { EnvironmentNetwork } from "../environment/environment";
import { compare, uniqueNames, type Say } from "./names";
import type { ObservedCloud, ObservedNetwork, ObservedSubnet } from "./observed";
import { isOwn } from "./scope";

/** Networks as an environment has them, and what they are called there. */
export interface FoundNetworks {
  networks: EnvironmentNetwork[];
  /** By id. */
  names: ReadonlyMap<string, string>;
  /** By id: those that can be named. */
  subnets: ReadonlyMap<string, FoundSubnet>;
}

/** A subnet, and what it is called in the environment. */
export interface FoundSubnet {
  name: string;
  subnet: ObservedSubnet;
}

/** Networks with their subnets; somebody else's by their names, which are kept as they are. */
export function networksOf(
  networks: readonly ObservedNetwork[],
  cloud: ObservedCloud,
  say: Say,
): FoundNetworks {
  const own = networks.filter((it) => isOwn(it, cloud));
  const existing = networks.filter((it) => !isOwn(it, cloud));
  const existingNames = uniqueNames("network", existing, say);
  const names = new Map([
    ...existingNames,
    ...uniqueNames("network", own, say, existingNames.values()),
  ]);
  const ids = new Set(networks.map(({ id }) => id));
  const all = cloud.subnets.filter(({ network_id }) => ids.has(network_id));
  const subnetNames = uniqueNames("subnet", all, say);
  const subnets = new Map(
    all.map((subnet) => [subnet.id, { name: subnetNames.get(subnet.id) ?? "", subnet }] as const),
  );
  existing.forEach((network) => {
    sayOfExisting(network, cloud, say);
  });
  own.forEach((network) => {
    sayOfOwn(network, say);
  });
  const toNetwork = (network: ObservedNetwork): EnvironmentNetwork => ({
    name: names.get(network.id) ?? network.name,
    ...factsOf(network, isOwn(network, cloud)),
    subnets: [...subnets.values()]
      .filter(({ subnet }) => subnet.network_id === network.id)
      .toSorted((a, b) => compare(a.subnet.cidr, b.subnet.cidr))
      .map(toSubnet),
  });
  return { networks: networks.map(toNetwork), names, subnets };
}

function factsOf({ port_security_enabled, mtu }: ObservedNetwork, isOurs: boolean) {
  if (!isOurs) return { existing: true, portSecurity: port_security_enabled ?? true };
  return {
    portSecurity: port_security_enabled ?? true,
    ...(mtu === undefined || mtu === 0 ? {} : { mtu }),
  };
}

function toSubnet({ name, subnet }: FoundSubnet): EnvironmentNetwork["subnets"][number] {
  const { ipv6_address_mode: addressMode, ipv6_ra_mode: raMode } = subnet;
  return {
    name,
    cidr: subnet.cidr,
    gatewayIp: subnet.gateway_ip,
    enableDhcp: subnet.enable_dhcp,
    dnsNameservers: [...subnet.dns_nameservers],
    allocationPools: subnet.allocation_pools.map(({ start, end }) => ({ start, end })),
    ...(subnet.host_routes.length === 0
      ? {}
      : {
          hostRoutes: subnet.host_routes.map(({ destination, nexthop }) => ({
            destination,
            nexthop,
          })),
        }),
    ...(addressMode == null ? {} : { ipv6AddressMode: addressMode }),
    ...(raMode == null ? {} : { ipv6RaMode: raMode }),
  };
}

/**
 * Whether Neutron itself works out the addresses of a subnet's ports, from their MACs; it refuses to
 * be told them (neutron `db/ipam_backend_mixin.py`, AllocationOnAutoAddressSubnet).
 */
export function isAutoAddressed({ ipv6_address_mode: mode }: ObservedSubnet): boolean {
  return mode === "slaac" || mode === "dhcpv6-stateless";
}

function sayOfExisting({ name, id }: ObservedNetwork, { networks }: ObservedCloud, say: Say) {
  if (networks.some((other) => other.name === name && other.id !== id)) {
    say(
      `network ${name} is not the project's own and not the only one of its name: a restore may not know which is meant`,
    );
  }
}

function sayOfOwn({ name, admin_state_up, qos_policy_id }: ObservedNetwork, say: Say): void {
  if (admin_state_up === false) say(`network ${name} is down (admin_state_up): it comes back up`);
  if (qos_policy_id != null) say(`network ${name} has a QoS policy: it comes back without one`);
}
