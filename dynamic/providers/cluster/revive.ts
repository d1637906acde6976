import { revive, type ReviveEvidence } from "../../../openshift";
import type { ClusterFacts } from "../../../snapset/manifest";
import type { Context } from "../context";
import type { ClusterInputs } from "./inputs";
import { withCluster } from "./withCluster";

/** What is known of a cluster that was off. */
export interface KnownCluster {
  /** As it was before it went down; null for a set without a manifest. */
  facts: ClusterFacts | null;
  /** A moment at which it was off. */
  offAt: string | null;
  /** Until when its certificates are valid; null when nobody knows. */
  notAfter: string | null;
}

/** Brings a cluster back whose servers run again, and proves it. */
export async function reviveCluster(
  inputs: ClusterInputs,
  { facts, offAt, notAfter }: KnownCluster,
  context: Context,
): Promise<ReviveEvidence> {
  const nodes = facts?.nodes ?? [];
  const options = {
    clusterId: facts?.clusterId,
    bootIdsBefore: Object.fromEntries(nodes.map((node) => [node.name, node.bootId])),
    cordonedBefore: nodes.filter((node) => node.cordoned).map((node) => node.name),
    offAt: offAt === null ? undefined : new Date(offAt),
    notAfter: notAfter === null ? undefined : new Date(notAfter),
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
