import {
  defaultPools,
  formatAddress,
  formatCidr,
  overlaps,
  parseAddress,
  parseCidr,
} from "../ipam";
import type { AddressRange, Cidr } from "../ipam";
import type { Caller } from "../identity";
import { found, Refusal } from "../refusal";
import { checkNetworkQuota } from "./quota";
import type { NetworkNetwork, NetworkTables, Subnet } from "./records";

/** What a request may say about a new network. */
export type NetworkOptions = Partial<
  Pick<
    NetworkNetwork,
    | "name"
    | "description"
    | "admin_state_up"
    | "mtu"
    | "shared"
    | "port_security_enabled"
    | "router:external"
    | "availability_zone_hints"
  >
>;

/** What a request may say about a new subnet. */
export interface SubnetOptions extends Partial<
  Pick<
    Subnet,
    | "name"
    | "description"
    | "enable_dhcp"
    | "gateway_ip"
    | "allocation_pools"
    | "host_routes"
    | "dns_nameservers"
    | "ipv6_ra_mode"
    | "ipv6_address_mode"
  >
> {
  network_id: string;
  ip_version?: number | string | undefined;
  cidr?: string | undefined;
}

/** Networks and their subnets. */
export class Networks {
  constructor(private readonly tables: NetworkTables) {}

  create(projectId: string, options: NetworkOptions): NetworkNetwork {
    checkNetworkQuota(this.tables, "network", this.tables.networks.values(), projectId);
    const network: NetworkNetwork = {
      name: "",
      description: "",
      admin_state_up: true,
      mtu: 1500,
      status: "ACTIVE",
      subnets: [],
      shared: false,
      port_security_enabled: true,
      "router:external": false,
      is_default: false,
      availability_zone_hints: [],
      availability_zones: [],
      ipv4_address_scope: null,
      ipv6_address_scope: null,
      tags: [],
      ...options,
      ...this.tables.stamp(projectId),
    };
    this.tables.networks.set(network.id, network);
    return network;
  }

  /** @throws {Refusal} 404 also for one that exists but is not `who`'s to see */
  show(id: string, who: Caller): NetworkNetwork {
    const network = this.tables.networks.get(id);
    const visible = network !== undefined && isVisible(network, who) ? network : undefined;
    return found(visible, () => networkNotFound(id));
  }

  delete(id: string, who: Caller): void {
    const network = this.show(id, who);
    const ports = [...this.tables.ports.values()].filter((port) => port.network_id === id);
    if (ports.length > 0) {
      throw new Refusal(
        409,
        `Unable to complete operation on network ${id}. There are one or more ports still in use on the network, id for these ports is: ${ports.map((port) => port.id).join(",")}.`,
        "NetworkInUse",
      );
    }
    for (const subnet of network.subnets) this.tables.subnets.delete(subnet);
    this.tables.networks.delete(id);
  }

  createSubnet(who: Caller, options: SubnetOptions): Subnet {
    const network = this.show(options.network_id, who);
    checkNetworkQuota(this.tables, "subnet", this.tables.subnets.values(), who.projectId);
    const cidr = this.#checkCidr(network, options.cidr);
    checkVersion(cidr, options);
    const gateway =
      options.gateway_ip === undefined ? formatAddress(cidr.first + 1n) : options.gateway_ip;
    const pools = options.allocation_pools ?? defaultPools(cidr, gateway);
    checkPools(cidr, pools);
    const subnet: Subnet = {
      name: options.name ?? "",
      description: options.description ?? "",
      network_id: network.id,
      ip_version: cidr.version,
      subnetpool_id: null,
      enable_dhcp: options.enable_dhcp ?? true,
      ipv6_ra_mode: options.ipv6_ra_mode ?? null,
      ipv6_address_mode: options.ipv6_address_mode ?? null,
      gateway_ip: gateway,
      cidr: formatCidr(cidr),
      allocation_pools: pools,
      host_routes: options.host_routes ?? [],
      dns_nameservers: options.dns_nameservers ?? [],
      service_types: [],
      tags: [],
      ...this.tables.stamp(network.project_id),
      revision_number: 0,
    };
    this.tables.subnets.set(subnet.id, subnet);
    network.subnets = [...network.subnets, subnet.id];
    this.tables.touch(network);
    return subnet;
  }

  showSubnet(id: string, who: Caller): Subnet {
    const subnet = this.tables.subnets.get(id);
    const network = subnet && this.tables.networks.get(subnet.network_id);
    const visible = network !== undefined && isVisible(network, who) ? subnet : undefined;
    return found(visible, () => subnetNotFound(id));
  }

  deleteSubnet(id: string, who: Caller): void {
    const subnet = this.showSubnet(id, who);
    const isUsed = [...this.tables.ports.values()].some((port) =>
      port.fixed_ips.some((ip) => ip.subnet_id === id),
    );
    if (isUsed) {
      throw new Refusal(
        409,
        `Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`,
        "SubnetInUse",
      );
    }
    this.tables.subnets.delete(id);
    const network = this.tables.networks.get(subnet.network_id);
    if (network !== undefined) network.subnets = network.subnets.filter((other) => other !== id);
  }

  #checkCidr(network: NetworkNetwork, text: string | undefined): Cidr {
    if (text === undefined) {
      throw new Refusal(
        400,
        "Bad subnets request: a subnetpool must be specified in the absence of a cidr.",
        "BadRequest",
      );
    }
    const cidr = parseCidr(text);
    if (cidr === undefined) throw invalidInput(`${text} is not in a CIDR format.`);
    const clash = this.tables.subnetsOf(network.id).some((other) => {
      const existing = parseCidr(other.cidr);
      return existing !== undefined && overlaps(cidr, existing);
    });
    if (clash) {
      throw invalidInput(
        `Requested subnet with cidr: ${text} for network: ${network.id} overlaps with another subnet.`,
      );
    }
    return cidr;
  }
}

/** Own, shared and external networks are seen; the rest is not. */
export function isVisible(network: NetworkNetwork, who: Caller): boolean {
  return (
    who.isAdmin ||
    network.project_id === who.projectId ||
    network.shared ||
    network["router:external"]
  );
}

export const networkNotFound = (id: string) =>
  new Refusal(404, `Network ${id} could not be found.`, "NetworkNotFound");

export const subnetNotFound = (id: string) =>
  new Refusal(404, `Subnet ${id} could not be found.`, "SubnetNotFound");

const invalidInput = (reason: string) =>
  new Refusal(400, `Invalid input for operation: ${reason}`, "InvalidInput");

/** Modes of IPv6 need IPv6, and a mode for the router that is that of the hosts. */
function checkVersion(cidr: Cidr, options: SubnetOptions): void {
  const { ipv6_ra_mode: ra, ipv6_address_mode: mode, ip_version: version } = options;
  if (Number(version ?? cidr.version) !== cidr.version) {
    throw invalidInput(
      `cidr '${formatCidr(cidr)}' does not match the ip_version '${version ?? ""}'`,
    );
  }
  if (cidr.version === 4 && (ra != null || mode != null)) {
    throw invalidInput("ipv6_ra_mode is not valid when ip_version is 4");
  }
  if (ra != null && mode != null && ra !== mode) {
    throw invalidInput(
      `ipv6_ra_mode set to '${ra}' with ipv6_address_mode set to '${mode}' is not valid. ` +
        "If both attributes are set, they must be the same value",
    );
  }
}

function checkPools(cidr: Cidr, pools: readonly AddressRange[]): void {
  for (const { start, end } of pools) {
    const from = parseAddress(start) ?? -1n;
    const to = parseAddress(end) ?? -1n;
    if (from < cidr.first || to > cidr.last || from > to) {
      throw new Refusal(
        400,
        `The allocation pool ${start}-${end} spans beyond the subnet cidr ${formatCidr(cidr)}.`,
        "OutOfBoundsAllocationPool",
      );
    }
  }
}
