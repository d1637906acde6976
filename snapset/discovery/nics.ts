import type { ObservedPort, ObservedServer } from "./observed";

/** The ports of a server in the guest's order. */
export interface NicOrder<P> {
  ports: P[];
  /** Whether the cloud leaves no doubt about it. */
  isCertain: boolean;
}

type Nic = Pick<ObservedPort, "mac_address" | "network_id">;

/**
 * The order of a server's ports. Neutron knows none. Nova does, and shows of it what `addresses`
 * holds: networks in the order of their first port, and in each network the addresses of its ports
 * in their order (nova `api/openstack/common.py`, get_networks_for_instance_from_nw_info).
 * So of the ports of networks n, m, n it is not known that the second one is in the middle.
 *
 * @param networkNames by id
 */
export function orderNics<P extends Nic>(
  ports: readonly P[],
  { addresses }: Pick<ObservedServer, "addresses">,
  networkNames: ReadonlyMap<string, string>,
): NicOrder<P> {
  const labels = Object.keys(addresses);
  const macs = labels.map((label) => [
    ...new Set((addresses[label] ?? []).map((it) => it["OS-EXT-IPS-MAC:mac_addr"])),
  ]);
  const placeOf = (port: P): Place => {
    const label = macs.findIndex((list) => list.includes(port.mac_address));
    if (label !== -1) return [label, macs[label]?.indexOf(port.mac_address) ?? 0];
    const own = labels.indexOf(networkNames.get(port.network_id) ?? "");
    return [own === -1 ? labels.length : own, Infinity];
  };
  const placed = ports
    .map((port) => ({ port, place: placeOf(port) }))
    .toSorted(
      (a, b) => byPlace(a.place, b.place) || (a.port.mac_address < b.port.mac_address ? -1 : 1),
    );
  return {
    ports: placed.map(({ port }) => port),
    isCertain: isCertain(
      labels,
      placed.map(({ place }) => place),
    ),
  };
}

/** Which network it is, and which of its ports. */
type Place = readonly [network: number, port: number];

function byPlace(a: Place, b: Place): number {
  return a[0] - b[0] || (a[1] === b[1] ? 0 : a[1] - b[1]);
}

function isCertain(labels: readonly string[], places: readonly Place[]): boolean {
  if (places.length < 2) return true;
  // JavaScript keeps the keys of an object in their order unless they are whole numbers.
  if (labels.length > 1 && labels.some((label) => /^\d+$/.test(label))) return false;
  const last = Math.max(...places.map(([network]) => network));
  return places.every(([network, port], i) => {
    const isAlone = !places.some(([other], j) => other === network && j !== i);
    if (network === labels.length) return false;
    return isAlone || (network === last && port !== Infinity);
  });
}
