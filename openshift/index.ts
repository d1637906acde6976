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
export { ClusterError, ClusterStateError } from "./errors";
export { readClusterFacts, type ClusterFacts, type NodeFacts } from "./facts";
export type { Freshness, NodeFreshness, OperatorFreshness } from "./freshness";
export { quiesce, QuiesceError, type Quiesce, type QuiesceEvidence } from "./quiesce";
export {
  revive,
  type Revive,
  type ReviveDeadlines,
  type ReviveEvidence,
  type ReviveStep,
} from "./revive";
export { passRotationGate, type RotationEvidence, type RotationGate } from "./rotationGate";
export type { Signer } from "./signers";
export { assessStability } from "./stability";
export { waitForStable, type StabilityEvidence, type StabilityWatch } from "./waitForStable";
