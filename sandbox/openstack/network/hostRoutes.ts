import { parseAddress, parseCidr } from "../../world/ipam";
import { Refusal } from "../../world/refusal";

/**
 * The routes of a subnet's hosts, as Neutron checks them.
 *
 * @throws {Refusal} 400 naming the one that is malformed, or given twice
 */
export function checkHostRoutes(routes: unknown): void {
  const seen = new Set<string>();
  for (const route of Array.isArray(routes) ? (routes as Record<string, unknown>[]) : []) {
    const { destination, nexthop } = route;
    const key = JSON.stringify([destination, nexthop]);
    const reason =
      parseCidr(String(destination)) === undefined
        ? `'${String(destination)}' is not a valid CIDR`
        : parseAddress(String(nexthop)) === undefined
          ? `'${String(nexthop)}' is not a valid IP address`
          : seen.has(key)
            ? `Duplicate hostroute '{'destination': '${String(destination)}', 'nexthop': '${String(nexthop)}'}'`
            : undefined;
    if (reason !== undefined) {
      throw new Refusal(400, `Invalid input for host_routes. Reason: ${reason}.`, "HTTPBadRequest");
    }
    seen.add(key);
  }
}
