import { eui64, isHostAddress, parseAddress, parseCidr, pickAddress } from "../ipam";
import { Refusal } from "../refusal";
import { subnetNotFound } from "./networks";
import type { FixedIp, NetworkNetwork, NetworkTables, Subnet } from "./records";

/** A wish for an address: a subnet, an address, both, or neither. */
export interface FixedIpRequest {
  subnet_id?: string | undefined;
  ip_address?: string | undefined;
}

/** Hands out the addresses of subnets, each once. */
export class Addresses {
  constructor(private readonly tables: NetworkTables) {}

  /** Addresses for a port: those wished for, else one of each version. */
  allocate(
    network: NetworkNetwork,
    mac: string,
    requests: readonly FixedIpRequest[] | undefined,
    own: readonly FixedIp[] = [],
  ): FixedIp[] {
    const subnets = this.tables.subnetsOf(network.id);
    if (requests === undefined) return this.#automatic(subnets, mac);
    const chosen: FixedIp[] = [];
    for (const request of requests) {
      const kept = own.find((ip) => ip.ip_address === request.ip_address);
      chosen.push(kept ?? this.#serve(request, subnets, chosen));
    }
    return chosen;
  }

  /** One address of IPv4, one of IPv6, and one of each subnet whose hosts find theirs themselves. */
  #automatic(subnets: readonly Subnet[], mac: string): FixedIp[] {
    const ownPick = subnets.filter(isAutomatic).flatMap((subnet) => {
      const cidr = parseCidr(subnet.cidr);
      return cidr === undefined ? [] : [{ subnet_id: subnet.id, ip_address: eui64(cidr, mac) }];
    });
    const picked = [4, 6].flatMap((version) => {
      const candidates = subnets.filter((it) => it.ip_version === version && !isAutomatic(it));
      const [first] = candidates;
      return first === undefined ? [] : [this.#pick(first, candidates, [])];
    });
    return [...picked, ...ownPick];
  }

  #serve(
    { subnet_id, ip_address }: FixedIpRequest,
    subnets: readonly Subnet[],
    chosen: FixedIp[],
  ): FixedIp {
    if (subnet_id !== undefined && !this.tables.subnets.has(subnet_id)) {
      throw subnetNotFound(subnet_id);
    }
    const candidates = subnets.filter(
      (subnet) => subnet_id === undefined || subnet.id === subnet_id,
    );
    if (ip_address === undefined) return this.#pickFrom(candidates, chosen);
    const home = candidates.find((subnet) => fits(subnet, ip_address));
    if (home === undefined) throw invalidIp(ip_address, subnet_id !== undefined);
    if (this.#isTaken(home.id, ip_address, chosen)) {
      throw new Refusal(
        409,
        `IP address ${ip_address} already allocated in subnet ${home.id}`,
        "IpAddressAlreadyAllocated",
      );
    }
    return { subnet_id: home.id, ip_address };
  }

  #pickFrom(subnets: readonly Subnet[], chosen: FixedIp[]): FixedIp {
    const [first] = subnets;
    if (first === undefined) {
      throw new Refusal(400, "Failed to create port on network", "InvalidInput");
    }
    return this.#pick(first, subnets, chosen);
  }

  #pick(first: Subnet, subnets: readonly Subnet[], chosen: readonly FixedIp[]): FixedIp {
    for (const subnet of [first, ...subnets]) {
      const ip_address = pickAddress(
        subnet.allocation_pools,
        (address) => this.#isTaken(subnet.id, address, chosen),
        (limit) => this.tables.ids.below(limit),
      );
      if (ip_address !== undefined) return { subnet_id: subnet.id, ip_address };
    }
    throw new Refusal(
      409,
      `No more IP addresses available on network ${first.network_id}.`,
      "IpAddressGenerationFailure",
    );
  }

  #isTaken(subnetId: string, address: string, chosen: readonly FixedIp[]): boolean {
    const isIt = (ip: FixedIp) => ip.subnet_id === subnetId && ip.ip_address === address;
    return (
      chosen.some(isIt) ||
      [...this.tables.ports.values()].some((port) => port.fixed_ips.some(isIt)) ||
      [...this.tables.floatingIps.values()].some((ip) => ip.floating_ip_address === address)
    );
  }
}

function isAutomatic({ ipv6_address_mode: mode }: Subnet): boolean {
  return mode === "slaac" || mode === "dhcpv6-stateless";
}

function fits(subnet: Subnet, address: string): boolean {
  const cidr = parseCidr(subnet.cidr);
  const value = parseAddress(address);
  return cidr !== undefined && value !== undefined && isHostAddress(cidr, value);
}

function invalidIp(address: string, isForSubnet: boolean): Refusal {
  return isForSubnet
    ? new Refusal(
        400,
        `IP address ${address} is not a valid IP for the specified subnet.`,
        "InvalidIpForSubnet",
      )
    : new Refusal(
        400,
        `IP address ${address} is not a valid IP for any of the subnets on the specified network.`,
        "InvalidIpForNetwork",
      );
}
