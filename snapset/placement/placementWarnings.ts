import { portsOf, type Environment } from "../environment/environment";
import { portLabel } from "./lookups";
import type { Placement } from "./placement";

/**
 * What stops being as it was captured when an environment is placed so, as sentences.
 *
 * @param environment as it was, before it was mapped
 * @param hasCluster whether a cluster runs on it
 */
export function placementWarnings(
  environment: Environment,
  { mac, ip }: Placement,
  hasCluster: boolean,
): string[] {
  return [
    ...(ip === "pool" ? lostPairs(environment) : []),
    // Certificates of etcd and of the API, the members of etcd and the kubelets' Node objects hold
    // the addresses; DHCP reservations, NetworkManager's profiles and BareMetalHosts hold the MACs.
    ...(hasCluster && ip === "pool"
      ? [
          "snapset:ip pool: etcd's members and the certificates of the cluster hold its nodes' addresses: " +
            "with others the cluster does not come back",
        ]
      : []),
    ...(hasCluster && mac === "clear"
      ? [
          "snapset:mac clear: whatever knows the nodes by their MACs (DHCP reservations, NetworkManager profiles, " +
            "BareMetalHosts) does not know them any more; the cluster comes back only if its nodes get the same addresses",
        ]
      : []),
  ];
}

/** Pairs that allow a port to use an address which its environment will not have any more. */
function lostPairs(environment: Environment): string[] {
  const ports = portsOf(environment);
  const dropped = new Set(ports.flatMap(({ port }) => port.fixedIps.flatMap(({ ip }) => ip ?? [])));
  return ports.flatMap(({ key, port }) =>
    port.allowedAddressPairs
      .filter(({ ip }) => dropped.has(ip))
      .map(
        ({ ip }) =>
          `snapset:ip pool: port ${portLabel(environment, key, port)} is allowed to use ${ip}, which no port has any more`,
      ),
  );
}
