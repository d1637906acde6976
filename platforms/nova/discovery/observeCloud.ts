import { ApiError, type Server } from "../../../openstack";
import type { ObservedCloud } from "../../../snapset/discovery/observed";
import type { Context } from "../../context";

/** What a project has, and what of it could not be read. */
export interface Observation {
  cloud: ObservedCloud;
  servers: Server[];
  /** One sentence for each list that is missing. */
  unread: string[];
}

/**
 * Reads what environments are made of with a dozen lists, however many servers there are. Of other
 * projects only what this one may use: shared and external networks, shared security groups.
 */
export async function observeCloud({ cloud }: Context): Promise<Observation> {
  const { compute, network, projectId } = cloud;
  const own = { project_id: projectId };
  const unread: string[] = [];
  const read = <T>(what: string, list: Promise<T[]>): Promise<T[]> =>
    ifReadable(what, list, unread);
  const [
    servers,
    networks,
    shared,
    external,
    subnets,
    routers,
    ports,
    floatingIps,
    groups,
    trunks,
    serverGroups,
  ] = await Promise.all([
    compute.listServers(),
    network.listNetworks(own),
    network.listNetworks({ shared: true }),
    network.listNetworks({ "router:external": true }),
    network.listSubnets(own),
    read("routers", network.listRouters(own)),
    network.listPorts(own),
    read("floating IPs", network.listFloatingIps(own)),
    read("security groups", network.listSecurityGroups(own)),
    read("trunks", network.listTrunks(own)),
    read("server groups", compute.listServerGroups()),
  ]);
  const known = uniqueById([...networks, ...shared, ...external]);
  const others = await observeOthers({ networks: known, subnets, ports, groups }, cloud.network);
  return {
    servers,
    unread,
    cloud: {
      projectId,
      networks: uniqueById([...known, ...others.networks]),
      subnets: uniqueById([...subnets, ...others.subnets]),
      routers,
      ports,
      floatingIps,
      securityGroups: uniqueById([...groups, ...others.groups]),
      trunks,
      serverGroups,
    },
  };
}

type Network = Context["cloud"]["network"];
type Items<K extends "listNetworks" | "listSubnets" | "listPorts" | "listSecurityGroups"> = Awaited<
  ReturnType<Network[K]>
>;

interface Known {
  networks: Items<"listNetworks">;
  subnets: Items<"listSubnets">;
  ports: Items<"listPorts">;
  groups: Items<"listSecurityGroups">;
}

/** What the project's ports use of other projects. */
async function observeOthers({ networks, subnets, ports, groups }: Known, network: Network) {
  const networkIds = idsBeside(
    networks,
    ports.map(({ network_id }) => network_id),
  );
  const subnetIds = idsBeside(
    subnets,
    ports.flatMap((port) => port.fixed_ips.map((ip) => ip.subnet_id)),
  );
  const groupIds = idsBeside(
    groups,
    ports.flatMap((port) => port.security_groups),
  );
  const foreign = ports.filter((port) =>
    port.fixed_ips.some((ip) => subnetIds.includes(ip.subnet_id)),
  );
  const inNetworks = [...new Set(foreign.map(({ network_id }) => network_id))];
  const [moreNetworks, moreSubnets, moreGroups] = await Promise.all([
    networkIds.length === 0 ? [] : network.listNetworks({ id: networkIds }),
    inNetworks.length === 0 ? [] : network.listSubnets({ network_id: inNetworks }),
    groupIds.length === 0 ? [] : network.listSecurityGroups({ id: groupIds }),
  ]);
  return { networks: moreNetworks, subnets: moreSubnets, groups: moreGroups };
}

/** An extension that the cloud does not have, or a right that the user does not have. */
async function ifReadable<T>(what: string, list: Promise<T[]>, unread: string[]): Promise<T[]> {
  try {
    return await list;
  } catch (error) {
    if (!(error instanceof ApiError) || ![403, 404, 501].includes(error.status)) throw error;
    unread.push(`${what} cannot be read, so the set is without them: ${error.message}`);
    return [];
  }
}

function idsBeside(known: readonly { id: string }[], ids: readonly string[]): string[] {
  const there = new Set(known.map(({ id }) => id));
  return [...new Set(ids)].filter((id) => !there.has(id));
}

function uniqueById<T extends { id: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
