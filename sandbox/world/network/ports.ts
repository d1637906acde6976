import { eui64, isHostAddress, parseAddress, parseCidr, pickAddress } from "../ipam";
import type { Caller } from "../identity";
import { found, Refusal } from "../refusal";
import { networkNotFound, subnetNotFound } from "./networks";
import { checkNetworkQuota } from "./quota";
import type {
  AddressPair,
  FixedIp,
  NetworkNetwork,
  NetworkTables,
  Port,
  Subnet,
  Trunk,
} from "./records";

/** A wish for an address: a subnet, an address, both, or neither. */
export interface FixedIpRequest {
  subnet_id?: string | undefined;
  ip_address?: string | undefined;
}

/** What a request may say about a port, new or existing. */
export interface PortOptions extends Partial<
  Pick<
    Port,
    | "name"
    | "description"
    | "admin_state_up"
    | "mac_address"
    | "device_id"
    | "device_owner"
    | "extra_dhcp_opts"
    | "security_groups"
    | "binding:vnic_type"
    | "port_security_enabled"
  >
> {
  fixed_ips?: FixedIpRequest[] | undefined;
  allowed_address_pairs?: { ip_address: string; mac_address?: string | undefined }[] | undefined;
}

/** Ports: a MAC that is unique on its network, and addresses from its subnets. */
export class Ports {
  constructor(
    private readonly tables: NetworkTables,
    private readonly defaultGroup: (projectId: string) => string,
  ) {}

  create(projectId: string, networkId: string, options: PortOptions, isOwn = false): Port {
    const network = this.#network(networkId);
    if (!isOwn) checkNetworkQuota(this.tables, "port", this.tables.ports.values(), projectId);
    const mac = this.#claimMac(network, options.mac_address);
    const isSecured = options.port_security_enabled ?? (network.port_security_enabled && !isOwn);
    const port: Port = {
      name: options.name ?? "",
      description: options.description ?? "",
      network_id: networkId,
      mac_address: mac,
      admin_state_up: options.admin_state_up ?? true,
      status: "DOWN",
      device_id: options.device_id ?? "",
      device_owner: options.device_owner ?? "",
      fixed_ips: this.#allocate(network, mac, options.fixed_ips),
      allowed_address_pairs: pairs(options.allowed_address_pairs, mac),
      extra_dhcp_opts: options.extra_dhcp_opts ?? [],
      security_groups: isSecured
        ? this.#groups(options.security_groups ?? [this.defaultGroup(projectId)])
        : [],
      "binding:vnic_type": options["binding:vnic_type"] ?? "normal",
      port_security_enabled: isSecured,
      tags: [],
      ...this.tables.stamp(projectId),
    };
    checkSecurity(port, options);
    this.tables.ports.set(port.id, port);
    return port;
  }

  show(id: string, who: Caller): Port {
    const port = this.tables.ports.get(id);
    const visible = port !== undefined && this.isVisible(port, who) ? port : undefined;
    return found(visible, () => portNotFound(id));
  }

  isVisible(port: Port, who: Caller): boolean {
    return (
      who.isAdmin ||
      port.project_id === who.projectId ||
      this.tables.networks.get(port.network_id)?.project_id === who.projectId
    );
  }

  update(id: string, who: Caller, options: PortOptions): Port {
    const port = this.show(id, who);
    if (options.mac_address !== undefined && !who.isAdmin) {
      throw new Refusal(
        403,
        "(rule:update_port and rule:update_port:mac_address) is disallowed by policy",
        "PolicyNotAuthorized",
      );
    }
    const { fixed_ips, allowed_address_pairs, ...plain } = options;
    const draft: Port = { ...port, ...plain };
    if (options.security_groups !== undefined) this.#groups(options.security_groups);
    if (options.port_security_enabled === false) {
      draft.security_groups = options.security_groups ?? [];
    }
    if (allowed_address_pairs !== undefined) {
      draft.allowed_address_pairs = pairs(allowed_address_pairs, port.mac_address);
    }
    checkSecurity(draft, options);
    if (fixed_ips !== undefined) {
      const network = this.#network(port.network_id);
      draft.fixed_ips = this.#allocate(network, port.mac_address, fixed_ips, port.fixed_ips);
    }
    Object.assign(port, draft);
    this.tables.touch(port);
    return port;
  }

  delete(id: string, who: Caller): void {
    const port = this.show(id, who);
    if (port.device_owner.startsWith("network:router")) {
      throw new Refusal(
        409,
        `Port ${id} cannot be deleted directly via the port API: has device owner ${port.device_owner}.`,
        "ServicePortInUse",
      );
    }
    const trunk = this.trunkOf(id);
    if (trunk !== undefined) {
      throw new Refusal(
        409,
        `Port ${id} is currently a ${trunk.port_id === id ? "parent port for" : "subport for"} trunk ${trunk.id}.`,
        trunk.port_id === id ? "PortInUseAsTrunkParent" : "PortInUseAsSubPort",
      );
    }
    this.remove(id);
  }

  /** The trunk that a port is the parent of, or a part of. */
  trunkOf(id: string): Trunk | undefined {
    return [...this.tables.trunks.values()].find(
      (trunk) => trunk.port_id === id || trunk.sub_ports.some((it) => it.port_id === id),
    );
  }

  /** Removes a port with what hangs on it; floating IPs lose their association. */
  remove(id: string): void {
    this.tables.ports.delete(id);
    for (const floatingIp of this.tables.floatingIps.values()) {
      if (floatingIp.port_id !== id) continue;
      Object.assign(floatingIp, { port_id: null, fixed_ip_address: null, router_id: null });
      floatingIp.status = "DOWN";
      this.tables.touch(floatingIp);
    }
  }

  /** Wires a port to a device, or frees it: `deviceId` empty. */
  bind(port: Port, deviceId: string, owner: string, status: Port["status"]): void {
    Object.assign(port, { device_id: deviceId, device_owner: owner, status });
    this.tables.touch(port);
  }

  #network(id: string): NetworkNetwork {
    return found(this.tables.networks.get(id), () => networkNotFound(id));
  }

  #groups(ids: readonly string[]): string[] {
    for (const id of ids) {
      if (!this.tables.groups.has(id)) {
        throw new Refusal(404, `Security group ${id} does not exist`, "SecurityGroupNotFound");
      }
    }
    return [...ids];
  }

  #claimMac(network: NetworkNetwork, wanted: string | undefined): string {
    const taken = new Set(
      [...this.tables.ports.values()]
        .filter((port) => port.network_id === network.id)
        .map((port) => port.mac_address),
    );
    if (wanted !== undefined) {
      const mac = wanted.toLowerCase();
      if (!taken.has(mac)) return mac;
      throw new Refusal(
        409,
        `Unable to complete operation for network ${network.id}. The mac address ${mac} is in use.`,
        "MacAddressInUse",
      );
    }
    let mac = this.tables.ids.mac();
    while (taken.has(mac)) mac = this.tables.ids.mac();
    return mac;
  }

  #allocate(
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

export const portNotFound = (id: string) =>
  new Refusal(404, `Port ${id} could not be found.`, "PortNotFound");

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

function pairs(wanted: PortOptions["allowed_address_pairs"], mac: string): AddressPair[] {
  return (wanted ?? []).map((pair) => ({
    mac_address: pair.mac_address ?? mac,
    ip_address: pair.ip_address,
  }));
}

function checkSecurity(port: Port, options: PortOptions): void {
  if (port.port_security_enabled) return;
  if ((options.security_groups ?? []).length > 0) {
    throw new Refusal(
      409,
      "Port Security must be enabled and port must have an IP address in order to use Security Groups.",
      "PortSecurityAndIPRequiredForSecurityGroups",
    );
  }
  if (port.allowed_address_pairs.length > 0) {
    throw new Refusal(
      409,
      "Port Security must be enabled in order to have allowed address pairs on a port.",
      "AddressPairAndPortSecurityRequired",
    );
  }
}
