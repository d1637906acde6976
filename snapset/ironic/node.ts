import { isMarkBy, type ResetWish } from "../reset/mark";
import { activityIn } from "./transitions";

/** What of an Ironic node decides about its capture and its restore. */
export interface NodeView {
  uuid: string;
  name: string;
  driver: string;
  provisionState: string;
  /** When that was last another one; null when it never was. */
  provisionUpdatedAt: string | null;
  /** `power on`, `power off`, …; null when Ironic never asked. */
  powerState: string | null;
  targetPowerState: string | null;
  /** When its power was last switched; undefined where Ironic does not tell. */
  powerChangedAt: string | undefined;
  /** What went wrong last, in Ironic's words. */
  lastError: string | null;
  isInMaintenance: boolean;
  maintenanceReason: string | null;
  /** The conductor that works on it. */
  reservation: string | null;
  /** Whether it must be neither rebuilt nor undeployed. */
  isProtected: boolean;
  /** Ids of the projects that it belongs to, and that may use it. */
  owner: string | null;
  lessee: string | null;
  /** The Nova server on it. */
  serverId: string | null;
  /** `agent`, `fake`, `no-snapshot`, or undefined where Ironic does not tell. */
  snapshotInterface: string | undefined;
  /** The image that it was last deployed from, by Ironic's `instance_info`. */
  imageId: string | undefined;
  /** GiB, where somebody has told Ironic. */
  diskGb: number | undefined;
  /** Which one is the root device, by hints; undefined for Ironic's own choice. */
  rootDevice: Readonly<Record<string, unknown>> | undefined;
  /** The set for which a capture of ours asked for its snapshot, until that is whole. */
  snapshotMark: string | undefined;
  /** How far it is restored to which set … */
  restoreMark: string | undefined;
  /** … by which image. */
  restoredImageId: string | undefined;
  /** The hardware's own, as Ironic knows them. */
  macAddresses: readonly string[];
}

/**
 * The key of a node's `extra` that says for which set its snapshot was asked. It is written before that:
 * the specification has a node in flight name no image, and without it nobody could tell whose
 * snapshot it is after the client was killed.
 */
export const snapshotMarkKey = "snapset_snapshot";

/** The key of a node's `extra` that says how far it is restored to which set. */
export const restoreMarkKey = "snapset_restore";

/**
 * The key of a node's `instance_info` that says by which image: Ironic empties that at an undeploy, and
 * what somebody deploys later is theirs, also when it is the same image.
 */
export const restoredImageKey = "snapset_image";

/** Whether what is deployed on a node is a member of a set that was restored to it. */
export function isRestored(node: NodeView): boolean {
  return node.restoreMark !== undefined && node.restoredImageId === node.imageId;
}

/**
 * Why what is on a node must not be overwritten by a restore; undefined when it may: nothing is deployed
 * on it, or a set that this stack has restored. A deployment that failed may have left the disk as it was.
 */
export function occupiedProblem(node: NodeView, { by }: Pick<ResetWish, "by">): string | undefined {
  const what = nodeLabel(node);
  if (node.serverId !== null) {
    return `${what} carries server ${node.serverId} of Nova: delete that first, or name another node`;
  }
  const { provisionState: state, restoreMark } = node;
  if (!["active", "deploy failed"].includes(state)) return undefined;
  if (!isRestored(node)) {
    return `${what} is ${state} with something that no set was restored to: undeploy it first (\`openstack baremetal node undeploy\`)`;
  }
  if (by === undefined || isMarkBy(restoreMark, by)) return undefined;
  return (
    `${what} carries what another stack has restored: destroy that one first, or, if it is lost, ` +
    `\`openstack baremetal node unset --extra ${restoreMarkKey} ${node.name === "" ? node.uuid : node.name}\``
  );
}

/** `node rack-1 (uuid)`, as messages name it. */
export function nodeLabel({ name, uuid }: { name: string; uuid: string }): string {
  return `node ${name === "" ? uuid : `${name} (${uuid})`}`;
}

/** That a node is another project's, neither owned nor leased; an administrator sees those, too. */
export function foreignProblem(node: NodeView, projectId: string): string | undefined {
  const { owner, lessee } = node;
  if (owner === null || owner === projectId || lessee === projectId) return undefined;
  return `${nodeLabel(node)} belongs to project ${owner}, this one is ${projectId}`;
}

/** `: what Ironic says`, or nothing. */
export function errorOf({ lastError }: Pick<NodeView, "lastError">): string {
  return lastError === null ? "" : `: ${lastError}`;
}

/** Why nothing may be asked of a node; undefined when it is not in maintenance. */
export function maintenanceOf(node: NodeView): string | undefined {
  if (!node.isInMaintenance) return undefined;
  const reason = node.maintenanceReason === null ? "" : ` (${node.maintenanceReason})`;
  return `${nodeLabel(node)} is in maintenance${reason}: take it out of maintenance first`;
}

/** Whether Ironic is making the snapshot of a node that a set asked for. */
export function isInFlight(node: NodeView, snapId: string): boolean {
  return activityIn(node.provisionState) !== undefined && node.snapshotMark === snapId;
}

/** The same, or it has failed to: until it is asked for again or aborted the node is Ironic's. */
export function isSnapshotOf(node: NodeView, snapId: string): boolean {
  const hasFailed = node.provisionState === "snapshot failed" && node.snapshotMark === snapId;
  return hasFailed || isInFlight(node, snapId);
}
