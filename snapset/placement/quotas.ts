import type { Quota } from "../capture/quotas";
import type { FlavorView } from "../flavors";
import type { PlacementQuotas } from "./cloudView";
import type { Needs } from "./needs";

/**
 * What an environment needs more of than the project may have, as sentences.
 *
 * @param flavors of its nodes; those that the cloud does not have are left out
 * @param reused floating IPs that are there already
 */
export function placementQuotaProblems(
  needs: Pick<Needs, "network" | "blockStorage">,
  flavors: readonly FlavorView[],
  reused: number,
  { compute, blockStorage, network }: PlacementQuotas,
): string[] {
  const sum = (key: "vcpus" | "ram") => flavors.reduce((all, it) => all + it[key], 0);
  const servers = { instances: flavors.length, cores: sum("vcpus"), ram: sum("ram") };
  const made = { ...needs.network, floatingip: (needs.network["floatingip"] ?? 0) - reused };
  return [
    ...exceeded("Nova", servers, compute),
    ...exceeded("Cinder", needs.blockStorage, blockStorage),
    ...exceeded("Neutron", made, network),
  ];
}

function exceeded(
  service: string,
  needed: Readonly<Record<string, number>>,
  quotas: Readonly<Record<string, Quota>>,
): string[] {
  return Object.entries(needed).flatMap(([key, amount]) => {
    const quota = quotas[key];
    if (quota === undefined || quota.limit < 0 || amount <= 0) return [];
    if (quota.used + amount <= quota.limit) return [];
    return [
      `quota ${service}'s ${key}: ${amount} more needed, ${quota.used} of ${quota.limit} are used: ` +
        "raise it, or remove what is no longer needed",
    ];
  });
}
