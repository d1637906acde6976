import type { Cluster } from "./api/cluster";
import type { ApiWire, ClusterConnection } from "./api/connect";
import type { EtcdBackup, EtcdBackupEvidence } from "./quiesce/etcdBackup";
import type { RunOnNodes } from "./nodes/runOnNodes";
import type { Bastion, BastionSettings } from "./ssh/bastion";
import type { NodeAccessSettings } from "./ssh/nodeAccess";
import type { OpenNode } from "./ssh/nodeSessions";

/**
 * A client for the kubeconfig's current context. Nothing is contacted yet. Loads
 * @kubernetes/client-node (about a second) at the first call, so that a program without a cluster
 * does not pay for it.
 *
 * @throws {InputError} naming what is wrong with the kubeconfig
 */
export async function connectCluster(connection: ClusterConnection): Promise<Cluster> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- lazy, and CommonJS as all of us
  const { connectCluster: connect } = require("./api/connect") as typeof import("./api/connect");
  return connect(connection);
}

/**
 * As {@link connectCluster}, for calls of one's own with {@link callApi}.
 *
 * @throws {InputError} naming what is wrong with the kubeconfig
 */
export async function connectWire(connection: ClusterConnection): Promise<ApiWire> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- lazy, and CommonJS as all of us
  const { connectWire: connect } = require("./api/connect") as typeof import("./api/connect");
  return connect(connection);
}

/**
 * A bastion; nothing is contacted yet. Loads ssh2 at the first call, so that a program without one
 * does not pay for it.
 *
 * @throws {InputError} with everything that is wrong with the settings
 */
export function openBastion(settings: BastionSettings): Bastion {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- lazy, and CommonJS as all of us
  const { openBastion: open } = require("./ssh/bastion") as typeof import("./ssh/bastion");
  return open(settings);
}

/**
 * Runs commands on nodes by SSH instead of pods, for `runOnNodes` of a quiesce. Loads ssh2 at the
 * first call.
 *
 * @throws {InputError} with everything that is wrong with the settings
 */
export function sshNodeAccess(settings: NodeAccessSettings, bastion?: Bastion): RunOnNodes {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- lazy, and CommonJS as all of us
  const loaded = require("./ssh/nodeAccess") as typeof import("./ssh/nodeAccess");
  return loaded.sshNodeAccess(settings, bastion);
}

/**
 * Opens SSH sessions with nodes, reached as those of {@link sshNodeAccess}. Loads ssh2 at the first
 * call.
 *
 * @throws {InputError} with everything that is wrong with the settings
 */
export function sshNodeSessions(settings: NodeAccessSettings, bastion?: Bastion): OpenNode {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- lazy, and CommonJS as all of us
  const loaded = require("./ssh/nodeAccess") as typeof import("./ssh/nodeAccess");
  return loaded.sshNodeSessions(settings, bastion);
}

/** Has a master back up etcd to the bastion. Loads ssh2 at the first call. */
export async function backUpEtcd(
  cluster: Cluster,
  backup: EtcdBackup,
): Promise<EtcdBackupEvidence> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- lazy, and CommonJS as all of us
  const loaded = require("./quiesce/etcdBackup") as typeof import("./quiesce/etcdBackup");
  return loaded.backUpEtcd(cluster, backup);
}

export type { EtcdBackupEvidence } from "./quiesce/etcdBackup";
export type { Bastion, BastionSettings } from "./ssh/bastion";
export { hostKeysOnConsole } from "./ssh/consoleKeys";
export { passingProblem } from "./ssh/errors";
export type { NodeAccessSettings } from "./ssh/nodeAccess";
export type { RunOnNodes } from "./nodes/runOnNodes";
export type { Cluster } from "./api/cluster";
export type { ApiWire, ClusterConnection } from "./api/connect";
export { callApi, type Call, type Wire } from "./api/wire";
export { ClusterError, isNotFound, isTransient } from "./api/errors";
export { describeQuiesce, warningsOfDrain } from "./quiesce/describeQuiesce";
export { readClusterFacts, type ClusterFacts } from "./facts";
export { readNodeMachines } from "./nodes/nodeMachines";
export { quiesce, QuiesceError } from "./quiesce/quiesce";
export { revive, type Revive, type ReviveEvidence } from "./revive/revive";
export { describeRotation, passRotationGate } from "./rotation/rotationGate";
export { assessStability } from "./stability/stability";
export { undoQuiesce } from "./quiesce/undoQuiesce";
