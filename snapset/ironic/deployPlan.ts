import { begunMark, wholeMark, type ResetWish } from "../reset/mark";
import { errorOf, maintenanceOf, nodeLabel, occupiedProblem, type NodeView } from "./node";

/** A node that is to carry a member of a set, and what this run has done to it. */
export interface DeployObservation {
  member: string;
  /** The member's image. */
  imageId: string;
  /** Undefined when Ironic no longer lists it. */
  node: NodeView | undefined;
  /** How often a deployment was asked for. */
  attempts: number;
  /** Whether it may be asked now: no request is without an answer, no back-off is running. */
  mayAsk: boolean;
  /** Whether this run has seen Ironic at work on it, or that it was: its state is of another moment. */
  hasMoved: boolean;
  refusal: string | undefined;
}

/** What to do about one node now. */
export type DeployStep =
  /** Write on it what it is about to become, and which image it gets. */
  | { kind: "begin"; member: string }
  /** `active` deploys an available node, `rebuild` writes the disk of a deployed one anew. */
  | { kind: "deploy"; member: string; target: "active" | "rebuild" }
  /** Write on it that it is whole. */
  | { kind: "finish"; member: string }
  | { kind: "wait"; member: string; seen: string }
  | { kind: "whole"; member: string }
  | { kind: "failed"; member: string; reason: string };

/** Where Ironic is on its own way to `active` (ironic `common/states.py`). */
const deploying = ["deploying", "wait call-back", "deploy hold"];

/** Where it is on its own way to `available`. */
const becomingAvailable = ["deleting", "cleaning", "clean wait"];

/**
 * The next step of a node on its way to a set. What was begun is written on the node, so that a killed
 * restore is gone on with, and `active` alone is never taken for restored: it may be of before.
 *
 * @param limit how often a deployment is asked for at most
 */
export function planDeploy(seen: DeployObservation, wish: ResetWish, limit: number): DeployStep {
  const { node, member } = seen;
  if (node === undefined) return failed(seen, "its node is gone from Ironic");
  if (seen.refusal !== undefined) return failed(seen, seen.refusal);
  if (isWhole(seen, wish)) return { kind: "whole", member };
  if (isAsRestored(seen, wish)) return { kind: "finish", member };
  const maintenance = maintenanceOf(node);
  if (maintenance !== undefined) return failed(seen, maintenance);
  const state = node.provisionState;
  const isOurs = node.restoreMark === begunMark(wish);
  if (deploying.includes(state)) return isOurs ? wait(seen, state) : stranger(seen, node);
  if (becomingAvailable.includes(state)) return wait(seen, state);
  if (node.reservation !== null) {
    return wait(seen, `${state}, locked by conductor ${node.reservation}`);
  }
  switch (state) {
    case "available":
    case "active":
    case "deploy failed":
      if (!isBegun(seen, wish)) return begin(seen, node, wish);
      return state === "active" && seen.hasMoved
        ? { kind: "finish", member }
        : ask(seen, node, limit);
    default:
      return failed(
        seen,
        `${nodeLabel(node)} is ${state}${errorOf(node)}: it must be available or active`,
      );
  }
}

/** Whether a node carries the member as the wish says. */
export function isWhole(
  { node, imageId }: Pick<DeployObservation, "node" | "imageId">,
  wish: ResetWish,
) {
  return (
    node?.provisionState === "active" &&
    node.restoreMark === wholeMark(wish) &&
    node.imageId === imageId
  );
}

/** Deployed with the member's image by somebody else, and nobody asks to have it done again. */
export function isAsRestored(
  { node, imageId }: Pick<DeployObservation, "node" | "imageId">,
  { trigger }: ResetWish,
): boolean {
  return (
    trigger === "" &&
    node?.provisionState === "active" &&
    node.restoreMark === undefined &&
    node.imageId === imageId
  );
}

function isBegun({ node, imageId }: DeployObservation, wish: ResetWish): boolean {
  return node?.restoreMark === begunMark(wish) && node.imageId === imageId;
}

/** Whatever the preflight saw: somebody may have taken the node since. */
function begin(seen: DeployObservation, node: NodeView, wish: ResetWish): DeployStep {
  const occupied = occupiedProblem(node, wish);
  return occupied === undefined ? { kind: "begin", member: seen.member } : failed(seen, occupied);
}

function ask(seen: DeployObservation, node: NodeView, limit: number): DeployStep {
  const { member, attempts, mayAsk } = seen;
  if (!mayAsk) return wait(seen, `${node.provisionState}, to be asked again`);
  if (attempts >= limit) {
    const what = `${nodeLabel(node)} is ${node.provisionState} after ${attempts} deployments`;
    return failed(seen, `${what}${errorOf(node)}`);
  }
  return {
    kind: "deploy",
    member,
    target: node.provisionState === "active" ? "rebuild" : "active",
  };
}

function stranger(seen: DeployObservation, node: NodeView): DeployStep {
  return failed(seen, `${nodeLabel(node)} is ${node.provisionState}: somebody else deploys it`);
}

function wait({ member }: DeployObservation, seen: string): DeployStep {
  return { kind: "wait", member, seen };
}

function failed({ member }: DeployObservation, reason: string): DeployStep {
  return { kind: "failed", member, reason };
}
