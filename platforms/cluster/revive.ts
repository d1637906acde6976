import { revive, type ReviveEvidence } from "../../openshift";
import type { ClusterFacts } from "../../snapset/manifest";
import type { Context } from "../context";
import type { ClusterInputs } from "./inputs";
import { refuseTwin } from "./requireOwnNodes";
import { withCluster } from "./withCluster";

/** What is known of a cluster that was off. */
export interface KnownCluster {
  /** As it was before it went down; null for a set without a manifest. */
  facts: ClusterFacts | null;
  /** A moment at which it was off. */
  offAt: string | null;
  /** Until when its certificates are valid; null when nobody knows. */
  notAfter: string | null;
  /** Ids of all servers of its environment; absent when they are not known. */
  servers?: readonly string[] | undefined;
}

/** Brings a cluster back whose servers run again, and proves it. */
export async function reviveCluster(
  inputs: ClusterInputs,
  { facts, offAt, notAfter, servers }: KnownCluster,
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
  return withCluster(
    inputs,
    context,
    async ({ cluster }) => {
      const evidence = await revive(cluster, options);
      // Only now every node has told in which machine it has booted.
      if (servers !== undefined) await refuseTwin(cluster, servers, context);
      return evidence;
    },
    inputs.deadline,
  );
}
