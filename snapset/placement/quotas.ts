import type { FlavorView } from "../flavors";
import { exceededBy, type Quota } from "../quotas";
import type { PlacementQuotas } from "./cloudView";
import type { Needs } from "./needs";

const exceeded = exceededBy("remove what is no longer needed");

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
    ...exceededOf("Nova", servers, compute),
    ...exceededOf("Cinder", needs.blockStorage, blockStorage),
    ...exceededOf("Neutron", made, network),
  ];
}

function exceededOf(
  service: string,
  needed: Readonly<Record<string, number>>,
  quotas: Readonly<Record<string, Quota>>,
): string[] {
  return Object.entries(needed).flatMap(([key, amount]) =>
    exceeded(`${service}'s ${key}`, amount, quotas[key]),
  );
}
