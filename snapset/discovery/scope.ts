import { compare, type Say } from "./names";
import type { ObservedCloud, ObservedNetwork, ObservedPort, ObservedRouter } from "./observed";
import { portsOfServers } from "./subports";

/** What of a cloud is one environment. */
export interface Scope {
  /** Those it is made of, and those of somebody else that it uses. */
  networks: readonly ObservedNetwork[];
  routers: readonly ObservedRouter[];
  /** Ports that no server has: addresses that are kept for something else. */
  spare: readonly ObservedPort[];
}

/** Names of a declared environment: what nothing leads to is found by them. */
export interface DeclaredNames {
  networks: ReadonlySet<string>;
  securityGroups: ReadonlySet<string>;
  serverGroups: ReadonlySet<string>;
}

/** Neutron's owners of the ports by which a router is in a network. */
const interfaceOwner =
  /^network:(router_interface|router_interface_distributed|ha_router_replicated_interface)$/;

export function isRouterInterface({ device_owner }: ObservedPort): boolean {
  return interfaceOwner.test(device_owner);
}

/** Whether a network is the project's, and nobody else's. */
export function isOwn(network: ObservedNetwork, { projectId }: ObservedCloud): boolean {
  return network.project_id === projectId && !network.shared && network["router:external"] !== true;
}

/**
 * What belongs to the servers: the networks of their ports, the routers in these, and what these
 * routers connect to, unless servers live there that are not captured.
 *
 * @param serverIds of the servers that are captured
 */
export function scopeOf(
  cloud: ObservedCloud,
  serverIds: ReadonlySet<string>,
  declared: DeclaredNames,
  say: Say,
): Scope {
  const inScope = new Set(portsOfServers(cloud, serverIds).map(({ network_id }) => network_id));
  const byId = new Map(cloud.networks.map((network) => [network.id, network]));
  addDeclared(inScope, cloud, declared);
  const routers = new Map<string, ObservedRouter>();
  const leftOut = new Set<string>();
  const isOwnId = (id: string) => {
    const network = byId.get(id);
    return network !== undefined && isOwn(network, cloud);
  };
  for (let before = -1; before !== inScope.size + routers.size;) {
    before = inScope.size + routers.size;
    for (const router of routersIn(cloud, [...inScope].filter(isOwnId))) {
      routers.set(router.id, router);
      for (const id of networksOfRouter(cloud, router)) {
        if (inScope.has(id)) continue;
        if (isOwnId(id) && !hasStrangers(id, cloud, serverIds)) inScope.add(id);
        else
          leftOut.add(
            `router ${router.name} is also in network ${byId.get(id)?.name ?? id}, ` +
              "which is not the captured servers' alone: the set has the router without it",
          );
      }
    }
  }
  leftOut.forEach(say);
  const networks = cloud.networks.filter(({ id }) => inScope.has(id));
  const own = new Set(networks.filter((it) => isOwn(it, cloud)).map(({ id }) => id));
  sayStrangers(own, cloud, serverIds, say);
  return {
    networks: networks.toSorted((a, b) => compare(a.name, b.name) || compare(a.id, b.id)),
    routers: [...routers.values()].toSorted(
      (a, b) => compare(a.name, b.name) || compare(a.id, b.id),
    ),
    spare: cloud.ports
      .filter((port) => own.has(port.network_id) && isFree(port) && !subportIds(cloud).has(port.id))
      .toSorted((a, b) => compare(a.name, b.name) || compare(a.mac_address, b.mac_address)),
  };
}

/** A declared network with nobody in it; not one of the same name, as another stack may have. */
function addDeclared(
  inScope: Set<string>,
  cloud: ObservedCloud,
  { networks }: DeclaredNames,
): void {
  const found = new Set(cloud.networks.filter(({ id }) => inScope.has(id)).map(({ name }) => name));
  for (const name of networks) {
    if (found.has(name)) continue;
    const [network, ...others] = cloud.networks.filter(
      (it) => it.name === name && isOwn(it, cloud),
    );
    if (network !== undefined && others.length === 0) inScope.add(network.id);
  }
}

function routersIn({ routers, ports }: ObservedCloud, networkIds: readonly string[]) {
  const there = new Set(
    ports
      .filter((port) => isRouterInterface(port) && networkIds.includes(port.network_id))
      .map(({ device_id }) => device_id),
  );
  return routers.filter(({ id }) => there.has(id));
}

function networksOfRouter({ ports }: ObservedCloud, { id }: ObservedRouter): Set<string> {
  const own = ports.filter((port) => isRouterInterface(port) && port.device_id === id);
  return new Set(own.map(({ network_id }) => network_id));
}

function hasStrangers(
  networkId: string,
  cloud: ObservedCloud,
  serverIds: ReadonlySet<string>,
): boolean {
  return cloud.ports.some((port) => port.network_id === networkId && isStrangers(port, serverIds));
}

/** Whether something has the port that is neither captured nor the network's own machinery. */
function isStrangers({ device_id, device_owner }: ObservedPort, serverIds: ReadonlySet<string>) {
  return device_id !== "" && !serverIds.has(device_id) && !/^(network|trunk):/.test(device_owner);
}

function isFree({ device_id, device_owner }: ObservedPort): boolean {
  return device_id === "" && !/^(network|trunk):/.test(device_owner);
}

function subportIds({ trunks }: ObservedCloud): Set<string> {
  return new Set(trunks.flatMap(({ sub_ports }) => sub_ports.map(({ port_id }) => port_id)));
}

function sayStrangers(
  own: ReadonlySet<string>,
  cloud: ObservedCloud,
  serverIds: ReadonlySet<string>,
  say: Say,
): void {
  for (const { id, name } of cloud.networks) {
    const theirs = cloud.ports.filter((it) => it.network_id === id && isStrangers(it, serverIds));
    if (!own.has(id) || theirs.length === 0) continue;
    const what = theirs
      .map((it) => it.fixed_ips[0]?.ip_address ?? it.mac_address)
      .toSorted(compare);
    say(
      `network ${name} also has ports of what is not captured; the set does not hold them: ${what.join(", ")}`,
    );
  }
}
