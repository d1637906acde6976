import { nodeLabel, type NodeView } from "./node";

/**
 * Why the image that an earlier run has made of a node is not what is on its disk any more; undefined
 * when nothing speaks against it. Ironic keeps no list of what was done to a machine: it is known to
 * have run when it runs, and when its power was switched after its snapshot had ended.
 *
 * @param isExpectedOff whether the capture wants machines that are off
 */
export function ranSinceSnapshot(node: NodeView, isExpectedOff: boolean): string | undefined {
  if (!isExpectedOff || node.provisionState !== "active") return undefined;
  if (node.powerState === "power on") return `${nodeLabel(node)} is powered on`;
  const { powerChangedAt, provisionUpdatedAt } = node;
  if (powerChangedAt === undefined || provisionUpdatedAt === null) return undefined;
  if (!(timeOf(powerChangedAt) > wholeSecondOf(provisionUpdatedAt))) return undefined;
  return `${nodeLabel(node)} was switched at ${powerChangedAt}, after its snapshot`;
}

/** Ironic writes the times in `driver_internal_info` in UTC, without saying so. */
function timeOf(text: string): number {
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}

/** The state's time has whole seconds, the other one parts of them: what is in the same second is before. */
function wholeSecondOf(text: string): number {
  return timeOf(text) + 999;
}
