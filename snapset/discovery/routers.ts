import type { EnvironmentRouter } from "../environment/environment";
import { compare, uniqueNames, type Say } from "./names";
import type { FoundNetworks } from "./networks";
import type { ObservedCloud, ObservedRouter } from "./observed";
import { isRouterInterface } from "./scope";

/** Routers with their gateways, their addresses in the environment's subnets, and their routes. */
export function routersOf(
  routers: readonly ObservedRouter[],
  found: FoundNetworks,
  cloud: ObservedCloud,
  say: Say,
): EnvironmentRouter[] {
  const names = uniqueNames("router", routers, say);
  return routers.map((router) => {
    const name = names.get(router.id) ?? router.name;
    if (router.admin_state_up === false) {
      say(`router ${name} is down (admin_state_up): it comes back up`);
    }
    const routes = (router.routes ?? []).map(({ destination, nexthop }) => ({
      destination,
      nexthop,
    }));
    return {
      name,
      ...gatewayOf(router, name, cloud, say),
      ...interfacesOf(router, found, cloud),
      ...(routes.length === 0 ? {} : { routes }),
    };
  });
}

/** Only administrators may choose a router's address in an external network: it is not kept. */
function gatewayOf(
  { external_gateway_info: gateway }: ObservedRouter,
  name: string,
  { networks }: ObservedCloud,
  say: Say,
): Pick<EnvironmentRouter, "externalNetwork" | "enableSnat"> {
  if (gateway === null) return {};
  const external = networks.find(({ id }) => id === gateway.network_id);
  if (external === undefined) {
    say(
      `router ${name} has its gateway in a network that this project cannot see: the set has it without a gateway`,
    );
    return {};
  }
  return {
    externalNetwork: external.name,
    // The default; and only administrators may say so themselves.
    ...(gateway.enable_snat === false ? { enableSnat: false } : {}),
  };
}

function interfacesOf({ id }: ObservedRouter, found: FoundNetworks, { ports }: ObservedCloud) {
  const there = ports
    .filter((port) => isRouterInterface(port) && port.device_id === id)
    .flatMap((port) => port.fixed_ips)
    .flatMap(({ subnet_id, ip_address: ip }) => {
      const known = found.subnets.get(subnet_id);
      return known === undefined
        ? []
        : [{ subnet: known.name, ip, isGateway: known.subnet.gateway_ip === ip }];
    })
    .toSorted((a, b) => compare(a.subnet, b.subnet));
  const interfaces = there.filter((it) => !it.isGateway).map(({ subnet, ip }) => ({ subnet, ip }));
  return {
    subnets: there.filter((it) => it.isGateway).map(({ subnet }) => subnet),
    ...(interfaces.length === 0 ? {} : { interfaces }),
  };
}
