import { parseAddress, parseCidr, type Cidr } from "../ipam";
import { Refusal } from "../refusal";
import type { NetworkTables, Router } from "./records";

/** @throws {Refusal} 400 when a next hop is in no subnet that the router is attached to */
export function checkRoutes(tables: NetworkTables, router: Router, routes: Router["routes"]): void {
  const connected = tables
    .portsOf(router.id)
    .flatMap((port) => port.fixed_ips)
    .flatMap((ip) => parseCidr(tables.subnets.get(ip.subnet_id)?.cidr ?? "") ?? []);
  for (const { nexthop } of routes) {
    if (connected.some((cidr) => holds(cidr, nexthop))) continue;
    throw new Refusal(
      400,
      `Invalid format for routes: ${JSON.stringify(routes)}, the nexthop is not connected with router`,
      "InvalidRoutes",
    );
  }
}

/** Whether one of the router's routes leads through a network. */
export function hasHopIn(router: Router, cidr: Cidr): boolean {
  return router.routes.some(({ nexthop }) => holds(cidr, nexthop));
}

function holds({ first, last }: Cidr, text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && address >= first && address <= last;
}
