import { errorOf, maintenanceOf, nodeLabel, type NodeView } from "./node";
import { activityIn } from "./transitions";

/** One node whose disk goes into an image, and what is known of both right now. */
export interface SnapshotObservation {
  member: string;
  snapId: string;
  /** Undefined when Ironic no longer lists it. */
  node: NodeView | undefined;
  /** The holder: the image with this member's identity, if Glance lists one. */
  image: { id: string; status: string } | undefined;
  /** Whether the machine was brought to rest: its snapshot would pull the plug of one that runs. */
  isExpectedOff: boolean;
  /** Whether this run has seen it all finished before. */
  isFinished: boolean;
  /** How often the snapshot was asked for. */
  attempts: number;
  /** Whether it may be asked for now: no request is without an answer, no back-off is running. */
  mayAsk: boolean;
  /** How long the image has been unfinished while nobody works on the node, milliseconds. */
  idleMs: number;
  /** Why Ironic will not do it, however often it is asked. */
  refusal: string | undefined;
}

/** What to do about one node now. */
export type SnapshotStep =
  /** Make the image that is to receive the data. */
  | { kind: "hold"; member: string }
  /** Ask for the snapshot, or for a failed one once more. */
  | { kind: "snapshot"; member: string; imageId: string }
  /** The image can hold nothing any more: it is deleted, and another one made. */
  | { kind: "discard"; member: string; imageId: string }
  | { kind: "wait"; member: string; seen: string }
  | { kind: "done"; member: string; imageId: string }
  | { kind: "failed"; member: string; reason: string };

/** What bounds it. */
export interface SnapshotLimits {
  /** How often a snapshot is asked for at most for one node. */
  attempts: number;
  /** After how much idle time an image counts as abandoned, milliseconds. */
  abandonedMs: number;
}

/** Statuses of an image that data may still come into (glance `domain/__init__.py`). */
const holding = ["queued", "saving", "importing", "uploading"];

/**
 * The next step of one node. Its snapshot is made when the node is `active` again *and* Glance calls
 * the image active: either alone may be of before.
 */
export function planSnapshot(seen: SnapshotObservation, limits: SnapshotLimits): SnapshotStep {
  const { node, image } = seen;
  if (node === undefined) return failed(seen, "its node is gone from Ironic");
  if (seen.refusal !== undefined) return failed(seen, seen.refusal);
  if (seen.isFinished && image === undefined) {
    return failed(seen, "its image was deleted during the capture");
  }
  const isIdle = node.provisionState === "active";
  if (isIdle && image?.status === "active") return done(seen, image.id);
  const maintenance = maintenanceOf(node);
  if (maintenance !== undefined) return failed(seen, maintenance);
  if (node.reservation !== null && activityIn(node.provisionState) === undefined) {
    return wait(seen, `${node.provisionState}, locked by conductor ${node.reservation}`);
  }
  switch (node.provisionState) {
    case "active":
      return ofActive(seen, node, limits);
    case "snapshotting":
    case "snapshot wait":
      return node.snapshotMark === seen.snapId
        ? wait(seen, underWay(seen, node))
        : foreign(seen, node);
    case "snapshot failed":
      return node.snapshotMark === seen.snapId ? ofFailed(seen, node, limits) : foreign(seen, node);
    default:
      return failed(
        seen,
        `${nodeLabel(node)} is ${node.provisionState}${errorOf(node)}: it must stay active during the capture`,
      );
  }
}

function ofActive(seen: SnapshotObservation, node: NodeView, limits: SnapshotLimits): SnapshotStep {
  const { image } = seen;
  if (image === undefined) return seen.mayAsk ? hold(seen) : wait(seen, "its image");
  if (!holding.includes(image.status)) return discardOr(seen, node, image, limits);
  // The upload may end a moment after the node is back.
  const isAwaited = image.status !== "queued" && seen.idleMs < limits.abandonedMs;
  if (isAwaited) return wait(seen, `active, its image ${image.status}`);
  if (seen.isExpectedOff && node.powerState !== "power off") {
    const power = node.powerState ?? "in a power state that is not known";
    return failed(seen, `${nodeLabel(node)} is ${power}: it must stay off during the capture`);
  }
  return again(seen, node, image, limits);
}

function ofFailed(seen: SnapshotObservation, node: NodeView, limits: SnapshotLimits): SnapshotStep {
  const { image } = seen;
  if (image === undefined) {
    return seen.attempts < limits.attempts ? hold(seen) : failed(seen, reasonOf(seen, node));
  }
  if (!holding.includes(image.status)) return discardOr(seen, node, image, limits);
  return again(seen, node, image, limits);
}

/** A retrigger needs a holder that can take data; one of another status never will. */
function discardOr(
  seen: SnapshotObservation,
  node: NodeView,
  image: { id: string; status: string },
  limits: SnapshotLimits,
): SnapshotStep {
  if (seen.attempts >= limits.attempts) return failed(seen, reasonOf(seen, node));
  return { kind: "discard", member: seen.member, imageId: image.id };
}

function again(
  seen: SnapshotObservation,
  node: NodeView,
  image: { id: string },
  limits: SnapshotLimits,
): SnapshotStep {
  if (!seen.mayAsk) return wait(seen, `${node.provisionState}, to be asked again`);
  if (seen.attempts >= limits.attempts) return failed(seen, reasonOf(seen, node));
  return { kind: "snapshot", member: seen.member, imageId: image.id };
}

function reasonOf(seen: SnapshotObservation, node: NodeView): string {
  const image = seen.image === undefined ? "" : `, image ${seen.image.id} is ${seen.image.status}`;
  return `${nodeLabel(node)} is ${node.provisionState} after ${seen.attempts} attempts${image}${errorOf(node)}`;
}

function foreign(seen: SnapshotObservation, node: NodeView): SnapshotStep {
  return failed(seen, foreignReason(node));
}

/** Why a node in one of the snapshot's states is left alone. */
export function foreignReason(node: NodeView): string {
  const whose =
    node.snapshotMark === undefined ? "" : `, and its snapshot is that of set ${node.snapshotMark}`;
  return (
    `${nodeLabel(node)} is ${node.provisionState}${whose}, which this capture has not asked for: ` +
    "wait until it is active, or abort it with `openstack baremetal node abort`"
  );
}

function underWay(seen: SnapshotObservation, node: NodeView): string {
  const image = seen.image === undefined ? "" : `, image ${seen.image.status}`;
  return `${node.provisionState}: ${activityIn(node.provisionState) ?? ""}${image}`;
}

function hold({ member }: SnapshotObservation): SnapshotStep {
  return { kind: "hold", member };
}

function wait({ member }: SnapshotObservation, seen: string): SnapshotStep {
  return { kind: "wait", member, seen };
}

function done({ member }: SnapshotObservation, imageId: string): SnapshotStep {
  return { kind: "done", member, imageId };
}

function failed({ member }: SnapshotObservation, reason: string): SnapshotStep {
  return { kind: "failed", member, reason };
}
