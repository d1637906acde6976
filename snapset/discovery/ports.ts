import type { EnvironmentPort, EnvironmentSubport } from "../environment/environment";
import { compare, nameIfGood, type Say } from "./names";
import { isAutoAddressed, type FoundNetworks } from "./networks";
import type { ObservedCloud, ObservedPort } from "./observed";
import { isOwn } from "./scope";

/** What ports are looked at among. */
export interface PortSurroundings {
  cloud: ObservedCloud;
  found: FoundNetworks;
  /** Names of security groups, by id. */
  groups: ReadonlyMap<string, string>;
  say: Say;
}

type PlainPort = Omit<EnvironmentPort, "trunk">;

/** A port with its trunk; undefined for one in a network that the environment does not have. */
export function portOf(port: ObservedPort, around: PortSurroundings): EnvironmentPort | undefined {
  const plain = plainPortOf(port, around);
  if (plain === undefined) return undefined;
  return { ...plain, ...trunkOf(port, around) };
}

function plainPortOf(port: ObservedPort, around: PortSurroundings): PlainPort | undefined {
  const { found, say } = around;
  const network = found.names.get(port.network_id);
  if (network === undefined) {
    say(`${label(port)} is in a network that this project cannot see: the set is without the port`);
    return undefined;
  }
  sayUnheld(port, network, around);
  const dhcpOptions = (port.extra_dhcp_opts ?? []).map(toDhcpOption);
  const vnicType = port["binding:vnic_type"] ?? "normal";
  return {
    ...nameIfGood(port.name),
    network,
    mac: port.mac_address,
    ...addressesOf(port, around),
    ...securityOf(port, around),
    ...(vnicType === "normal" ? {} : { vnicType }),
    allowedAddressPairs: (port.allowed_address_pairs ?? []).map((pair) => ({
      ip: pair.ip_address,
      // Neutron gives a pair without a MAC that of its port.
      ...(pair.mac_address === undefined || pair.mac_address === port.mac_address
        ? {}
        : { mac: pair.mac_address }),
    })),
    ...(dhcpOptions.length === 0 ? {} : { dhcpOptions }),
    ...floatingIpOf(port, around),
  };
}

function addressesOf(port: ObservedPort, { found, say }: PortSurroundings) {
  const fixedIps = port.fixed_ips.flatMap(({ subnet_id, ip_address: ip }) => {
    const subnet = found.subnets.get(subnet_id);
    if (subnet === undefined) {
      say(
        `${label(port)} has ${ip} of a subnet that this project cannot see: it comes back with another address`,
      );
      return [];
    }
    return [isAutoAddressed(subnet.subnet) ? { subnet: subnet.name } : { ip }];
  });
  return { fixedIps, ...(port.fixed_ips.length === 0 ? { noFixedIps: true } : {}) };
}

/** What differs from what Neutron gives a port of the network by itself. */
function securityOf(port: ObservedPort, { cloud, found, groups, say }: PortSurroundings) {
  const name = found.names.get(port.network_id);
  const network = found.networks.find((it) => it.name === name);
  const isSecured = port.port_security_enabled ?? true;
  const own = isSecured === network?.portSecurity ? {} : { portSecurity: isSecured };
  if (!isSecured || (port.port_security_enabled === undefined && port.security_groups.length === 0))
    return own;
  const names = port.security_groups.flatMap((id) => {
    const group = groups.get(id);
    if (group === undefined)
      say(`${label(port)} has a security group that is not shown: the set is without it`);
    return group ?? [];
  });
  const isDefault = names.length === 1 && names[0] === "default" && isOfProject(port, cloud);
  return { ...own, ...(isDefault ? {} : { securityGroups: names.toSorted(compare) }) };
}

function isOfProject({ security_groups: [id] }: ObservedPort, cloud: ObservedCloud): boolean {
  const group = cloud.securityGroups.find((it) => it.id === id);
  return group?.project_id === cloud.projectId;
}

function toDhcpOption(option: NonNullable<ObservedPort["extra_dhcp_opts"]>[number]) {
  const { opt_name: name, opt_value: value, ip_version } = option;
  return { name, value, ...(ip_version === 6 ? { ipVersion: 6 as const } : {}) };
}

function floatingIpOf(port: ObservedPort, { cloud, say }: PortSurroundings) {
  const [first, ...others] = cloud.floatingIps
    .filter(({ port_id }) => port_id === port.id)
    .toSorted((a, b) => compare(a.floating_ip_address, b.floating_ip_address));
  if (first === undefined) return {};
  const { floating_ip_address: address, floating_network_id } = first;
  const network = cloud.networks.find(({ id }) => id === floating_network_id);
  if (network === undefined) {
    say(
      `floating IP ${address} of ${label(port)} is of a network that this project cannot see: the set is without it`,
    );
    return {};
  }
  for (const { floating_ip_address } of others) {
    say(
      `${label(port)} has several floating IPs: the set has ${address} and not ${floating_ip_address}`,
    );
  }
  const firstIpv4 = port.fixed_ips.find(({ ip_address }) => !ip_address.includes(":"));
  if (first.fixed_ip_address !== null && first.fixed_ip_address !== firstIpv4?.ip_address) {
    say(
      `floating IP ${address} leads to ${first.fixed_ip_address} of ${label(port)}: it comes back to its first address`,
    );
  }
  return { floatingIp: { network: network.name, address } };
}

function trunkOf(port: ObservedPort, around: PortSurroundings): Pick<EnvironmentPort, "trunk"> {
  const { cloud, say } = around;
  const trunk = cloud.trunks.find(({ port_id }) => port_id === port.id);
  if (trunk === undefined) return {};
  if (trunk.admin_state_up === false)
    say(`trunk of ${label(port)} is down (admin_state_up): it comes back up`);
  const subports = trunk.sub_ports.flatMap((sub): EnvironmentSubport[] => {
    const child = cloud.ports.find(({ id }) => id === sub.port_id);
    const plain = child && plainPortOf(child, around);
    if (plain !== undefined && sub.segmentation_type === "vlan") {
      return [{ ...plain, vlanId: sub.segmentation_id }];
    }
    say(
      `trunk of ${label(port)} has a subport (${sub.segmentation_type} ${sub.segmentation_id}) that the set cannot hold`,
    );
    return [];
  });
  return {
    trunk: {
      ...nameIfGood(trunk.name),
      subports: subports.toSorted((a, b) => a.vlanId - b.vlanId),
    },
  };
}

function sayUnheld(port: ObservedPort, network: string, { cloud, say }: PortSurroundings): void {
  if (port.admin_state_up === false)
    say(`${label(port)} is down (admin_state_up): it comes back up`);
  if (port.qos_policy_id != null) say(`${label(port)} has a QoS policy: it comes back without one`);
  const observed = cloud.networks.find(({ id }) => id === port.network_id);
  if (observed !== undefined && !isOwn(observed, cloud)) {
    say(
      `${label(port)} is in ${network}, which is not the project's own: most clouds let only its owner choose MACs and addresses there`,
    );
  }
}

/** As messages name a port: many have no name. */
function label({ name, mac_address }: ObservedPort): string {
  return name === "" ? `port ${mac_address}` : `port ${name} (${mac_address})`;
}
