import { isBegun } from "../reset/mark";
import type { ResetWish } from "../reset/mark";
import { isAsRestored, isWhole } from "./deployPlan";
import { foreignProblem, maintenanceOf, nodeLabel, occupiedProblem, type NodeView } from "./node";

/** A member of a set, and the node that is to carry it. */
export interface RestoreTarget {
  member: string;
  /** How the user names the node: uuid or name. */
  ident: string;
  imageId: string;
  /** As they were captured, and as an environment names them. */
  macAddresses: readonly string[];
  /** GiB that the disk must have at least. */
  minDiskGb: number;
  /** Undefined when the project sees no such node. */
  node: NodeView | undefined;
}

/** States from which a node gets to a set, or is on the way already. */
const startingPoints = [
  ...["available", "active", "deploy failed"],
  ...["deploying", "wait call-back", "deploy hold", "deleting", "cleaning", "clean wait"],
];

/**
 * Everything that is known to fail before a node is changed, as sentences. MACs are the hardware's:
 * they are compared, never set, and a cluster whose machines have other ones would not come back.
 */
export function restoreProblems(
  targets: readonly RestoreTarget[],
  wish: ResetWish,
  { cloud, projectId }: { cloud: string; projectId: string },
): string[] {
  return [
    ...twiceProblems(targets),
    ...targets.flatMap((target) => {
      const { member, ident, node } = target;
      if (node === undefined) {
        return [`${member}: there is no node ${ident} in the Ironic of cloud ${cloud}`];
      }
      if (isWhole(target, wish)) return macProblems(target, node).map((it) => `${member}: ${it}`);
      return [
        ...[foreignProblem(node, projectId), maintenanceOf(node)].filter((it) => it !== undefined),
        ...(isAsRestored(target, wish) && node.serverId === null ? [] : stateProblems(node, wish)),
        ...macProblems(target, node),
        ...diskProblems(target, node),
      ].map((problem) => `${member}: ${problem}`);
    }),
  ];
}

function twiceProblems(targets: readonly RestoreTarget[]): string[] {
  const first = new Map<string, string>();
  return targets.flatMap(({ member, node }) => {
    if (node === undefined) return [];
    const other = first.get(node.uuid);
    first.set(node.uuid, other ?? member);
    return other === undefined ? [] : [`${member}: ${nodeLabel(node)} is that of ${other} already`];
  });
}

/** What is on a node and was not restored by us is somebody's: nothing of it is overwritten. */
function stateProblems(node: NodeView, wish: ResetWish): string[] {
  const what = nodeLabel(node);
  const { provisionState: state, restoreMark } = node;
  if (!startingPoints.includes(state)) {
    return [
      `${what} is ${state}: it must be available, or active with a set that was restored here`,
    ];
  }
  const occupied = occupiedProblem(node, wish);
  if (occupied !== undefined) return [occupied];
  return state === "active" && node.isProtected && !isBegun(restoreMark)
    ? [`${what} is protected: nothing on it may be overwritten`]
    : [];
}

function macProblems({ macAddresses }: RestoreTarget, node: NodeView): string[] {
  const missing = macAddresses.filter((mac) => !node.macAddresses.includes(mac));
  if (missing.length === 0) return [];
  const has = node.macAddresses.join(", ") || "none";
  return [
    `${nodeLabel(node)} has no port with MAC ${missing.join(", ")}, which was captured; it has ${has}: ` +
      "a machine's MACs are its hardware's, so name the node that was captured",
  ];
}

function diskProblems({ minDiskGb }: RestoreTarget, node: NodeView): string[] {
  if (node.diskGb === undefined || node.diskGb >= minDiskGb) return [];
  return [`${nodeLabel(node)} has a disk of ${node.diskGb} GiB, the image needs ${minDiskGb}`];
}
