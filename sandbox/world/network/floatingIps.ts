import type { Caller } from "../identity";
import { pickAddress } from "../ipam";
import { found, Refusal } from "../refusal";
import type { Networks } from "./networks";
import { checkNetworkQuota } from "./quota";
import type { Ports } from "./ports";
import type { FloatingIp, NetworkTables } from "./records";
import type { Routers } from "./routers";

/** What a request may say about a floating IP. */
export interface FloatingIpOptions {
  floating_network_id?: string | undefined;
  floating_ip_address?: string | undefined;
  subnet_id?: string | undefined;
  description?: string | undefined;
  port_id?: string | null | undefined;
  fixed_ip_address?: string | null | undefined;
}

/** Floating IPs: an address of an external network that a router translates to a port's. */
export class FloatingIps {
  constructor(
    private readonly tables: NetworkTables,
    private readonly networks: Networks,
    private readonly ports: Ports,
    private readonly routers: Routers,
  ) {}

  create(who: Caller, options: FloatingIpOptions): FloatingIp {
    const networkId = options.floating_network_id ?? "";
    const network = this.networks.show(networkId, who);
    if (!network["router:external"]) {
      throw badFloatingIp(`Network ${networkId} is not a valid external network.`);
    }
    // Neutron's default policy, create_floatingip:floating_ip_address.
    if (options.floating_ip_address !== undefined && !who.isAdmin) {
      throw new Refusal(
        403,
        "(rule:create_floatingip and rule:create_floatingip:floating_ip_address) is disallowed by policy",
        "PolicyNotAuthorized",
      );
    }
    const { tables } = this;
    checkNetworkQuota(tables, "floatingip", tables.floatingIps.values(), who.projectId);
    const floatingIp: FloatingIp = {
      floating_ip_address: this.#address(networkId, options.floating_ip_address),
      floating_network_id: networkId,
      router_id: null,
      port_id: null,
      fixed_ip_address: null,
      status: "DOWN",
      description: options.description ?? "",
      tags: [],
      ...tables.stamp(who.projectId),
      revision_number: 0,
    };
    if (options.port_id)
      this.#associate(floatingIp, who, options.port_id, options.fixed_ip_address);
    tables.floatingIps.set(floatingIp.id, floatingIp);
    return floatingIp;
  }

  show(id: string, who: Caller): FloatingIp {
    const floatingIp = this.tables.floatingIps.get(id);
    const visible =
      floatingIp !== undefined && (who.isAdmin || floatingIp.project_id === who.projectId)
        ? floatingIp
        : undefined;
    return found(
      visible,
      () => new Refusal(404, `Floating IP ${id} could not be found`, "FloatingIPNotFound"),
    );
  }

  update(id: string, who: Caller, options: FloatingIpOptions): FloatingIp {
    const floatingIp = this.show(id, who);
    if (options.description !== undefined) floatingIp.description = options.description;
    if (options.port_id) {
      this.#associate(floatingIp, who, options.port_id, options.fixed_ip_address);
    } else if (options.port_id !== undefined) {
      Object.assign(floatingIp, { port_id: null, fixed_ip_address: null, router_id: null });
      floatingIp.status = "DOWN";
    }
    this.tables.touch(floatingIp);
    return floatingIp;
  }

  delete(id: string, who: Caller): void {
    this.show(id, who);
    this.tables.floatingIps.delete(id);
  }

  #associate(
    floatingIp: FloatingIp,
    who: Caller,
    portId: string,
    fixedAddress: string | null | undefined,
  ): void {
    const port = this.ports.show(portId, who);
    const fixed = port.fixed_ips.find(
      ({ ip_address }) =>
        !ip_address.includes(":") && (fixedAddress == null || ip_address === fixedAddress),
    );
    if (fixed === undefined) {
      throw badFloatingIp(
        `Cannot add floating IP to port ${portId} that has no fixed IPv4 addresses.`,
      );
    }
    const networkId = floatingIp.floating_network_id;
    const router = found(
      this.routers.routerBetween(fixed.subnet_id, networkId),
      () =>
        new Refusal(
          404,
          `External network ${networkId} is not reachable from subnet ${fixed.subnet_id}.  Therefore, cannot associate Port ${portId} with a Floating IP.`,
          "ExternalGatewayForFloatingIPNotFound",
        ),
    );
    Object.assign(floatingIp, {
      port_id: portId,
      fixed_ip_address: fixed.ip_address,
      router_id: router.id,
      status: "ACTIVE",
    });
  }

  #address(networkId: string, wanted: string | undefined): string {
    const pools = this.tables.subnetsOf(networkId).flatMap((subnet) => subnet.allocation_pools);
    const isTaken = (address: string) =>
      [...this.tables.floatingIps.values()].some((ip) => ip.floating_ip_address === address) ||
      [...this.tables.ports.values()].some((port) =>
        port.fixed_ips.some((ip) => ip.ip_address === address),
      );
    if (wanted !== undefined) {
      if (!isTaken(wanted)) return wanted;
      throw new Refusal(
        409,
        `IP address ${wanted} already allocated in subnet`,
        "IpAddressAlreadyAllocated",
      );
    }
    const picked = pickAddress(pools, isTaken, (limit) => this.tables.ids.below(limit));
    return found(
      picked,
      () =>
        new Refusal(
          409,
          `No more IP addresses available on network ${networkId}.`,
          "IpAddressGenerationFailure",
        ),
    );
  }
}

const badFloatingIp = (reason: string) =>
  new Refusal(400, `Bad floatingip request: ${reason}`, "BadRequest");
