import type { Caller } from "../identity";
import { parseAddress, parseCidr } from "../ipam";
import { found, Refusal } from "../refusal";
import type { Networks } from "./networks";
import { checkNetworkQuota } from "./quota";
import type { FixedIpRequest } from "./addresses";
import type { Ports } from "./ports";
import type { NetworkTables, Port, Router } from "./records";
import { checkRoutes, hasHopIn } from "./routes";

/** A wish for a gateway; null takes it away. */
export type GatewayRequest = {
  network_id?: string | undefined;
  enable_snat?: boolean | undefined;
  external_fixed_ips?: FixedIpRequest[] | undefined;
} | null;

/** What a request may say about a router. */
export interface RouterOptions extends Partial<
  Pick<Router, "name" | "description" | "admin_state_up" | "routes" | "availability_zone_hints">
> {
  external_gateway_info?: GatewayRequest | undefined;
}

/** What add_router_interface and its reverse name: a subnet, or a port. */
export interface InterfaceRequest {
  subnet_id?: string | undefined;
  port_id?: string | undefined;
}

const interfaceOwner = "network:router_interface";
const gatewayOwner = "network:router_gateway";

/** Routers with a gateway and interfaces. */
export class Routers {
  constructor(
    private readonly tables: NetworkTables,
    private readonly networks: Networks,
    private readonly ports: Ports,
  ) {}

  create(who: Caller, { external_gateway_info, ...options }: RouterOptions): Router {
    checkNetworkQuota(this.tables, "router", this.tables.routers.values(), who.projectId);
    const router: Router = {
      name: "",
      description: "",
      admin_state_up: true,
      status: "ACTIVE",
      external_gateway_info: null,
      availability_zones: [],
      availability_zone_hints: [],
      routes: [],
      flavor_id: null,
      tags: [],
      ...options,
      ...this.tables.stamp(who.projectId),
    };
    this.tables.routers.set(router.id, router);
    try {
      if (external_gateway_info !== undefined) this.#setGateway(router, who, external_gateway_info);
    } catch (error) {
      this.tables.routers.delete(router.id);
      throw error;
    }
    return router;
  }

  show(id: string, who: Caller): Router {
    const router = this.tables.routers.get(id);
    const visible =
      router !== undefined && (who.isAdmin || router.project_id === who.projectId)
        ? router
        : undefined;
    return found(
      visible,
      () => new Refusal(404, `Router ${id} could not be found`, "RouterNotFound"),
    );
  }

  update(id: string, who: Caller, { external_gateway_info, ...options }: RouterOptions): Router {
    const router = this.show(id, who);
    if (external_gateway_info !== undefined) this.#setGateway(router, who, external_gateway_info);
    if (options.routes !== undefined) checkRoutes(this.tables, router, options.routes);
    Object.assign(router, options);
    this.tables.touch(router);
    return router;
  }

  delete(id: string, who: Caller): void {
    const router = this.show(id, who);
    const attached = this.tables.portsOf(id).filter((port) => port.device_owner === interfaceOwner);
    if (attached.length > 0) {
      throw new Refusal(
        409,
        `Router ${id} has ports still attached: ${attached.map((port) => port.id).join(", ")}`,
        "RouterInUse",
      );
    }
    this.#setGateway(router, who, null);
    this.tables.routers.delete(id);
  }

  addInterface(id: string, who: Caller, request: InterfaceRequest) {
    const router = this.show(id, who);
    const port = this.#interfacePort(router, who, request);
    this.tables.touch(router);
    return this.#interfaceAnswer(router, port);
  }

  removeInterface(id: string, who: Caller, request: InterfaceRequest) {
    const router = this.show(id, who);
    const port = this.tables
      .portsOf(id)
      .find(
        (candidate) =>
          candidate.device_owner === interfaceOwner &&
          (candidate.id === request.port_id ||
            candidate.fixed_ips.some((ip) => ip.subnet_id === request.subnet_id)),
      );
    const known = found(port, () => noInterface(id, request));
    this.#checkUnused(router, known);
    this.ports.remove(known.id);
    this.tables.touch(router);
    return this.#interfaceAnswer(router, known);
  }

  /** The router that connects a subnet with an external network, if there is one. */
  routerBetween(subnetId: string, externalNetworkId: string): Router | undefined {
    return [...this.tables.routers.values()].find(
      (router) =>
        router.external_gateway_info?.network_id === externalNetworkId &&
        this.tables
          .portsOf(router.id)
          .some((port) => port.fixed_ips.some((ip) => ip.subnet_id === subnetId)),
    );
  }

  #setGateway(router: Router, who: Caller, wish: GatewayRequest): void {
    const current = this.tables.portsOf(router.id).find((p) => p.device_owner === gatewayOwner);
    const networkId = wish?.network_id;
    if (networkId !== undefined && router.external_gateway_info?.network_id === networkId) {
      router.external_gateway_info.enable_snat = wish?.enable_snat ?? true;
      return;
    }
    if (networkId === undefined) {
      if (current !== undefined) this.ports.remove(current.id);
      router.external_gateway_info = null;
      return;
    }
    const network = this.networks.show(networkId, who);
    if (!network["router:external"]) {
      throw new Refusal(
        400,
        `Bad router request: Network ${networkId} is not an external network.`,
        "BadRequest",
      );
    }
    if (current !== undefined) this.ports.remove(current.id);
    const port = this.ports.create(
      "",
      networkId,
      { device_id: router.id, device_owner: gatewayOwner, fixed_ips: wish?.external_fixed_ips },
      true,
    );
    router.external_gateway_info = {
      network_id: networkId,
      external_fixed_ips: port.fixed_ips,
      enable_snat: wish?.enable_snat ?? true,
    };
  }

  #interfacePort(router: Router, who: Caller, { subnet_id, port_id }: InterfaceRequest): Port {
    if (port_id !== undefined) {
      const port = this.ports.show(port_id, who);
      if (port.device_id !== "") {
        throw new Refusal(
          409,
          `Unable to complete operation on port ${port.id} for network ${port.network_id}. Port already has an attached device ${port.device_id}.`,
          "PortInUse",
        );
      }
      this.ports.bind(port, router.id, interfaceOwner, "ACTIVE");
      return port;
    }
    if (subnet_id === undefined) {
      throw badRouter("Either subnet_id or port_id must be specified.");
    }
    const subnet = this.networks.showSubnet(subnet_id, who);
    const isThere = this.tables
      .portsOf(router.id)
      .some((port) => port.fixed_ips.some((ip) => ip.subnet_id === subnet_id));
    if (isThere) throw badRouter(`Router already has a port on subnet ${subnet_id}.`);
    if (subnet.gateway_ip === null) {
      throw badRouter("Subnet for router interface must have a gateway IP.");
    }
    const port = this.ports.create(
      router.project_id,
      subnet.network_id,
      {
        device_id: router.id,
        device_owner: interfaceOwner,
        fixed_ips: [{ subnet_id, ip_address: subnet.gateway_ip }],
      },
      true,
    );
    port.status = "ACTIVE";
    return port;
  }

  #interfaceAnswer(router: Router, port: Port) {
    return {
      id: router.id,
      tenant_id: router.project_id,
      port_id: port.id,
      network_id: port.network_id,
      subnet_id: port.fixed_ips[0]?.subnet_id,
      subnet_ids: port.fixed_ips.map((ip) => ip.subnet_id),
    };
  }

  #checkUnused(router: Router, port: Port): void {
    const subnetId = port.fixed_ips[0]?.subnet_id ?? "";
    const cidr = parseCidr(this.tables.subnets.get(subnetId)?.cidr ?? "");
    if (cidr !== undefined && hasHopIn(router, cidr)) {
      throw new Refusal(
        409,
        `Router interface for subnet ${subnetId} on router ${router.id} cannot be deleted, as it is required by one or more routes.`,
        "RouterInterfaceInUseByRoute",
      );
    }
    const isNeeded = [...this.tables.floatingIps.values()].some((ip) => {
      const fixed = parseAddress(ip.fixed_ip_address ?? "");
      return (
        ip.router_id === router.id &&
        fixed !== undefined &&
        cidr !== undefined &&
        fixed >= cidr.first &&
        fixed <= cidr.last
      );
    });
    if (isNeeded) {
      throw new Refusal(
        409,
        `Router interface for subnet ${subnetId} on router ${router.id} cannot be deleted, as it is required by one or more floating IPs.`,
        "RouterInterfaceInUseByFloatingIP",
      );
    }
  }
}

const badRouter = (reason: string) =>
  new Refusal(400, `Bad router request: ${reason}`, "BadRequest");

function noInterface(id: string, { subnet_id, port_id }: InterfaceRequest): Refusal {
  return subnet_id === undefined
    ? new Refusal(
        404,
        `Router ${id} does not have an interface with id ${port_id ?? ""}`,
        "RouterInterfaceNotFound",
      )
    : new Refusal(
        404,
        `Router ${id} has no interface on subnet ${subnet_id}`,
        "RouterInterfaceNotFoundForSubnet",
      );
}
