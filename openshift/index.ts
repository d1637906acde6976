import type { Cluster } from "./cluster";
import type { ClusterConnection } from "./connect";

/**
 * A client for the kubeconfig's current context. Nothing is contacted yet. Loads
 * @kubernetes/client-node (about a second) at the first call, so that a program without a cluster
 * does not pay for it.
 *
 * @throws {InputError} naming what is wrong with the kubeconfig
 */
export async function connectCluster(connection: ClusterConnection): Promise<Cluster> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- lazy, and CommonJS as all of us
  const { connectCluster: connect } = require("./connect") as typeof import("./connect");
  return connect(connection);
}

export type { Cluster } from "./cluster";
export type { ClusterConnection } from "./connect";
export { readClusterFacts, type ClusterFacts } from "./facts";
export { quiesce } from "./quiesce";
export { revive, type ReviveEvidence } from "./revive";
export { passRotationGate } from "./rotationGate";
export { assessStability } from "./stability";
