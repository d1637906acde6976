import { errorOf, nodeLabel, type NodeView } from "./node";
import { accepts } from "./transitions";

/** What to do about one node whose snapshot is given up. */
export type AbortStep =
  | { kind: "abort" }
  | { kind: "wait"; seen: string }
  /** It is at rest, or not ours to touch. */
  | { kind: "done"; evidence: string };

/**
 * The next step on a node's way out of a set's snapshot. While the conductor is at work there is none:
 * `snapshotting` ends by itself, in `active`, `snapshot wait` or `snapshot failed`. A node that was
 * marked by another set, or by nobody, is left as it is.
 */
export function planAbort(node: NodeView | undefined, snapId: string): AbortStep {
  if (node === undefined) return done("gone from Ironic");
  const { provisionState } = node;
  if (!["snapshotting", "snapshot wait", "snapshot failed"].includes(provisionState)) {
    return done(`${nodeLabel(node)} is ${provisionState}${errorOf(node)}`);
  }
  if (node.snapshotMark !== snapId) {
    return done(`${nodeLabel(node)} is left ${provisionState}: its snapshot is not this set's`);
  }
  if (!accepts(provisionState, "abort")) return { kind: "wait", seen: provisionState };
  // A conductor that holds the node refuses everything; `snapshot wait` holds none.
  if (node.reservation !== null) {
    return { kind: "wait", seen: `${provisionState}, locked by conductor ${node.reservation}` };
  }
  return { kind: "abort" };
}

function done(evidence: string): AbortStep {
  return { kind: "done", evidence };
}
