import { z } from "zod";
import type { ServiceClient } from "../http/ServiceClient";
import {
  floatingIpSchema,
  networkSchema,
  portSchema,
  quotaDetailsSchema,
  routerSchema,
  securityGroupSchema,
  subnetSchema,
  trunkSchema,
  type FloatingIp,
  type FloatingIpQuery,
  type Network,
  type NetworkQuery,
  type Port,
  type PortQuery,
  type QuotaDetails,
  type Router,
  type SecurityGroup,
  type Subnet,
  type Trunk,
} from "./types";
import { urls } from "./urls";

/** Neutron: what there is. Making and removing networks is the Pulumi provider's work. */
export class NetworkService {
  constructor(private readonly client: ServiceClient) {}

  listPorts(query: PortQuery = {}): Promise<Port[]> {
    const listing = { key: "ports", item: portSchema };
    return this.client.list("listPorts", urls.ports, { ...query }, listing);
  }

  listNetworks(query: NetworkQuery = {}): Promise<Network[]> {
    const listing = { key: "networks", item: networkSchema };
    return this.client.list("listNetworks", urls.networks, { ...query }, listing);
  }

  async showNetwork(id: string): Promise<Network> {
    const call = { action: "showNetwork", method: "GET", path: urls.network(id) } as const;
    return (await this.client.ask(call, z.object({ network: networkSchema }))).network;
  }

  listSubnets(query: NetworkQuery = {}): Promise<Subnet[]> {
    const listing = { key: "subnets", item: subnetSchema };
    return this.client.list("listSubnets", urls.subnets, { ...query }, listing);
  }

  listRouters(query: NetworkQuery = {}): Promise<Router[]> {
    const listing = { key: "routers", item: routerSchema };
    return this.client.list("listRouters", urls.routers, { ...query }, listing);
  }

  listSecurityGroups(query: NetworkQuery = {}): Promise<SecurityGroup[]> {
    const listing = { key: "security_groups", item: securityGroupSchema };
    return this.client.list("listSecurityGroups", urls.securityGroups, { ...query }, listing);
  }

  /** A 404 in clouds without the extension. */
  listTrunks(query: NetworkQuery = {}): Promise<Trunk[]> {
    const listing = { key: "trunks", item: trunkSchema };
    return this.client.list("listTrunks", urls.trunks, { ...query }, listing);
  }

  listFloatingIps(query: FloatingIpQuery = {}): Promise<FloatingIp[]> {
    const listing = { key: "floatingips", item: floatingIpSchema };
    return this.client.list("listFloatingIps", urls.floatingIps, { ...query }, listing);
  }

  /**
   * How much a project uses of its quotas.
   *
   * @throws {ApiError} 404 in clouds without the extension `quota_details`
   */
  async showQuotaDetails(projectId: string): Promise<QuotaDetails> {
    const path = urls.quotaDetails(projectId);
    const call = { action: "showQuotaDetails", method: "GET", path } as const;
    return (await this.client.ask(call, quotaDetailsSchema)).quota;
  }
}
