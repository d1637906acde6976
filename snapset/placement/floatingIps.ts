import type { CloudView } from "./cloudView";
import type { FloatingIpNeed } from "./needs";
import type { FloatingIpChoice, FoundNetwork } from "./places";

/** What becomes of the floating IPs that an environment names. */
export interface FloatingIpFindings {
  /** By address. */
  choices: Record<string, FloatingIpChoice>;
  problems: string[];
  warnings: string[];
}

/**
 * Takes each floating IP that is ours and free, else any of its network. Which address a new one gets
 * is for administrators only to say (Neutron's policy `create_floatingip:floating_ip_address`).
 *
 * @param networks that were found, by name
 */
export function chooseFloatingIps(
  needs: readonly FloatingIpNeed[],
  networks: Readonly<Record<string, FoundNetwork>>,
  { floatingIps, projectId }: Pick<CloudView, "floatingIps" | "projectId">,
): FloatingIpFindings {
  const findings: FloatingIpFindings = { choices: {}, problems: [], warnings: [] };
  for (const { address, network, by } of needs) {
    if (Object.hasOwn(findings.choices, address)) {
      findings.problems.push(`${by}: floating IP ${address} is another port's already`);
      continue;
    }
    const own = floatingIps.find(
      (it) => it.floating_ip_address === address && it.project_id === projectId,
    );
    const obstacle = obstacleOf(own, network, networks[network]?.id);
    findings.choices[address] = obstacle === undefined ? "reuse" : "any";
    if (obstacle === undefined) continue;
    findings.warnings.push(
      `${by}: floating IP ${address} ${obstacle}: it gets another one of ${network}`,
    );
  }
  return findings;
}

function obstacleOf(
  own: CloudView["floatingIps"][number] | undefined,
  network: string,
  networkId: string | undefined,
): string | undefined {
  if (own === undefined) return "is not this project's";
  if (own.floating_network_id !== networkId) return `is not of network ${network}`;
  return own.port_id === null ? undefined : `is in use by port ${own.port_id}`;
}
