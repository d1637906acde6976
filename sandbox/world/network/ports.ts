import type { Caller } from "../identity";
import { found, Refusal } from "../refusal";
import { Addresses, type FixedIpRequest } from "./addresses";
import { networkNotFound } from "./networks";
import { checkNetworkQuota } from "./quota";
import type { AddressPair, NetworkNetwork, NetworkTables, Port, Trunk } from "./records";

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
  private readonly addresses: Addresses;

  constructor(
    private readonly tables: NetworkTables,
    private readonly defaultGroup: (projectId: string) => string,
  ) {
    this.addresses = new Addresses(tables);
  }

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
      fixed_ips: this.addresses.allocate(network, mac, options.fixed_ips),
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
      draft.fixed_ips = this.addresses.allocate(
        network,
        port.mac_address,
        fixed_ips,
        port.fixed_ips,
      );
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
}

export const portNotFound = (id: string) =>
  new Refusal(404, `Port ${id} could not be found.`, "PortNotFound");

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
