import { begunMark, isMarkBy, wholeMark, type ResetWish } from "../reset/mark";
import { errorOf, isRestored, maintenanceOf, nodeLabel, type NodeView } from "./node";
import { accepts } from "./transitions";

/** What to do about one node whose restore is taken back. */
export type ReleaseStep =
  /** Have it undeployed: Ironic wipes it, and it is available again. */
  | { kind: "undeploy" }
  | { kind: "wait"; seen: string }
  | { kind: "failed"; reason: string }
  | { kind: "done"; evidence: string };

/** States from which Ironic undeploys, beside those of a snapshot that waits or has failed. */
const undeployable = [
  "active",
  "deploy failed",
  "wait call-back",
  "error",
  "rescue",
  "rescue wait",
  "rescue failed",
  "unrescue failed",
];

/** States that pass by themselves. */
const passing = ["deploying", "deploy hold", "snapshotting", "deleting", "rescuing", "unrescuing"];

/**
 * The next step of a node whose restore is taken back: what was deployed on it is a copy of the set, so
 * it goes, as restored servers do. A node on which something else was deployed since is left.
 */
export function planRelease(node: NodeView | undefined, wish: ResetWish): ReleaseStep {
  if (node === undefined) return { kind: "done", evidence: "gone from Ironic" };
  const { provisionState: state, restoreMark } = node;
  const isOurs = isRestored(node) && isMarkOf(restoreMark, wish);
  const is = `${nodeLabel(node)} is ${state}`;
  if (!isOurs) return { kind: "done", evidence: `${is}, left as it is` };
  if (passing.includes(state)) return { kind: "wait", seen: is };
  if (!undeployable.includes(state) && !accepts(state, "deleted")) {
    return { kind: "done", evidence: is };
  }
  const maintenance = maintenanceOf(node);
  if (maintenance !== undefined) return { kind: "failed", reason: maintenance };
  if (node.isProtected) return { kind: "failed", reason: `${is} and protected${errorOf(node)}` };
  if (node.reservation === null) return { kind: "undeploy" };
  return { kind: "wait", seen: `${is}, locked by conductor ${node.reservation}` };
}

/** Of a stack each mark is: it may have come to wish for another set since, and not to begin with it. */
function isMarkOf(mark: string | undefined, wish: ResetWish): boolean {
  if (wish.by !== undefined) return isMarkBy(mark, wish.by);
  return mark === wholeMark(wish) || mark === begunMark(wish);
}
