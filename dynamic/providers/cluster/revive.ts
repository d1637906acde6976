import { revive, type ReviveEvidence } from "../../../openshift";
import type { ClusterFacts } from "../../../snapset/manifest";
import type { Context } from "../context";
import type { ClusterInputs } from "./inputs";
import { withCluster } from "./withCluster";

/**
 * Brings a cluster back whose servers run again, and proves it.
 *
 * @param facts what was known of it before it went down; null for a set without a manifest
 * @param offAt a moment at which it was off
 */
export async function reviveCluster(
  inputs: ClusterInputs,
  facts: ClusterFacts | null,
  offAt: string | null,
  context: Context,
): Promise<ReviveEvidence> {
  const nodes = facts?.nodes ?? [];
  const options = {
    clusterId: facts?.clusterId,
    bootIdsBefore: Object.fromEntries(nodes.map((node) => [node.name, node.bootId])),
    cordonedBefore: nodes.filter((node) => node.cordoned).map((node) => node.name),
    offAt: offAt === null ? undefined : new Date(offAt),
    rounds: inputs.rounds,
    initialPeriodMs: inputs.stability.initial,
    extendedPeriodMs: inputs.stability.extended,
    deadlines: { stable: inputs.deadline },
    clock: context.clock,
    signal: context.signal,
    onProgress: context.report,
  };
  // The bastion is a server that has been started just now, too.
  return withCluster(inputs, context, ({ cluster }) => revive(cluster, options), inputs.deadline);
}
