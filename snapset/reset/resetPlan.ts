import { begunMark, wholeMark, type ResetWish } from "./mark";
import type { ObservedNode, ServerView } from "./resetNode";
import { hasItsVolumes, planVolumes, type VolumeStep } from "./volumePlan";

/** A node, with what this run has done to it beside what the cloud shows. */
export interface ResetObservation extends ObservedNode {
  /** How often its rebuild was asked for. */
  rebuilds: number;
  /** Whether the last one was asked for while it was off: then it ends off, never having run. */
  wasOff: boolean;
  /** Whether it was ACTIVE without a task in the last look, too. */
  wasRunning: boolean;
  /** Why the cloud will not do what the node needs, however often it is asked. */
  refusal: string | undefined;
}

/** What to do about one node now. */
export type ResetStep =
  /** Mark it as not whole, before anything is done to it. */
  | { kind: "begin" }
  | { kind: "stop" }
  | { kind: "rebuild" }
  /** Mark it as whole. */
  | { kind: "finish" }
  | { kind: "whole" }
  | VolumeStep;

/** What bounds a reset. */
export interface ResetLimits {
  /** Rebuilds under way at a time. */
  parallel: number;
  /** Rebuilds asked for at most for one server. */
  attempts: number;
}

/**
 * One tick of a reset. Nothing is rebuilt while another node still runs, and no node runs before all
 * are whole: a node of the set never meets one of today. A node that fails does not stop the others.
 */
export function planReset(
  nodes: readonly ResetObservation[],
  wish: ResetWish,
  { parallel, attempts }: ResetLimits,
): ResetStep[] {
  if (nodes.every((seen) => isWhole(seen, wish))) return nodes.map(() => ({ kind: "whole" }));
  if (nodes.every((seen) => isWhole(seen, wish) || isAsRestored(seen, wish))) {
    return nodes.map((seen) => ({ kind: isWhole(seen, wish) ? "whole" : "finish" }));
  }
  const areAllDown = nodes.every(isDown);
  let free = parallel - nodes.filter(isBeingRebuilt).length;
  return nodes.map((seen) => {
    const step = stepOf(seen, wish);
    if (step.kind !== "rebuild") return step;
    const { name } = seen.node;
    if (!areAllDown) return { kind: "wait", seen: `${name} until all are SHUTOFF` };
    if (seen.rebuilds >= attempts) return { kind: "failed", reason: failureOf(seen) };
    free -= 1;
    return free >= 0 ? step : { kind: "wait", seen: `${name} its turn` };
  });
}

/** The nodes that a reset would change: all, unless each is whole or just as the set restored it. */
export function nodesToReset<T extends ObservedNode>(nodes: readonly T[], wish: ResetWish): T[] {
  const isLeft = (seen: T) => isWhole(seen, wish) || isAsRestored(seen, wish);
  if (nodes.every(isLeft)) return [];
  return nodes.filter((seen) => !isWhole(seen, wish) || seen.server?.status !== "SHUTOFF");
}

function isWhole(seen: ObservedNode, wish: ResetWish): boolean {
  return seen.server?.mark === wholeMark(wish) && hasItsVolumes(seen);
}

/** Made from the set's image before there was a mark, and nobody asks to put it back. */
function isAsRestored(seen: ObservedNode, { trigger }: ResetWish): boolean {
  const { server, node } = seen;
  return (
    trigger === "" &&
    server?.mark === undefined &&
    server?.imageId === node.imageId &&
    hasItsVolumes(seen)
  );
}

function stepOf(seen: ResetObservation, wish: ResetWish): ResetStep {
  const { node, server, refusal } = seen;
  if (refusal !== undefined) return { kind: "failed", reason: refusal };
  if (server === undefined) {
    return { kind: "failed", reason: `server ${node.name} (${node.serverId}) is gone` };
  }
  if (server.taskState !== null) return { kind: "wait", seen: described(node.name, server) };
  if (isWhole(seen, wish) && server.status === "SHUTOFF") return { kind: "whole" };
  if (server.mark !== begunMark(wish)) return { kind: "begin" };
  switch (server.status) {
    case "ACTIVE":
      if (isGoingDown(seen)) return { kind: "wait", seen: described(node.name, server) };
      return { kind: "stop" };
    case "SHUTOFF":
      if (!isRebuilt(seen, server)) return { kind: "rebuild" };
      return planVolumes(seen) ?? { kind: "finish" };
    case "ERROR":
      return { kind: "rebuild" };
    default:
      return { kind: "wait", seen: described(node.name, server) };
  }
}

/** Nova writes the new image on the server when it accepts, so that alone proves nothing. */
function isRebuilt({ node, rebuilds, wasOff }: ResetObservation, server: ServerView): boolean {
  return rebuilds > 0 && wasOff && server.imageId === node.imageId;
}

function isDown(seen: ResetObservation): boolean {
  const { server } = seen;
  if (server === undefined || server.status === "REBUILD" || server.status === "ERROR") return true;
  if (server.status === "ACTIVE") return isGoingDown(seen);
  return server.status === "SHUTOFF" && (server.taskState === null || seen.rebuilds > 0);
}

/**
 * A rebuild from SHUTOFF ends ACTIVE for a moment, without a task, before Nova pulls the plug (nova
 * `compute/manager.py`, _do_rebuild_instance). Who is ACTIVE for longer was started by somebody.
 */
function isGoingDown({ server, rebuilds, wasOff, wasRunning }: ResetObservation): boolean {
  return rebuilds > 0 && wasOff && (server?.taskState !== null || !wasRunning);
}

function isBeingRebuilt({ server, rebuilds }: ResetObservation): boolean {
  return server?.status === "REBUILD" || (rebuilds > 0 && server?.taskState != null);
}

function failureOf({ node, server, rebuilds }: ResetObservation): string {
  const fault = server?.fault === undefined ? "" : `: ${server.fault}`;
  return `server ${node.name} (${node.serverId}) is ${server?.status ?? "gone"} after ${rebuilds} rebuilds${fault}`;
}

function described(name: string, { status, taskState }: ServerView): string {
  return `${name} ${status}${taskState === null ? "" : ` (${taskState})`}`;
}
