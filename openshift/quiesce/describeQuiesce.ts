import { counted } from "../../common/counted";
import { formatSeconds } from "../../common/errors";
import { listed } from "../../common/listed";
import type { DrainEvidence } from "./drain";
import type { QuiesceEvidence } from "./quiesce";

/** What a quiesce did and saw, as a phase's evidence. */
export function describeQuiesce(evidence: QuiesceEvidence): string {
  const { stable, drained, cordonedBefore, delayMinutes, nodes } = evidence;
  const parts = [
    stable === undefined
      ? "nodes had been told before, so stability was not asked for"
      : `${stable.operators} operators stable since ${stable.stableSince}`,
    ...(stable?.changes.length
      ? [`until then: ${listed(stable.changes.map(describeChange))}`]
      : []),
    ...(cordonedBefore.length > 0 ? [`cordoned before: ${listed(cordonedBefore)}`] : []),
    ...(drained === undefined ? [] : [describeDrain(drained)]),
    `cordoned and told to shut down in ${delayMinutes} min: ${listed(nodes.map((node) => node.name))}`,
  ];
  return parts.join("; ");
}

function describeChange({ at, what }: { at: string; what: string }): string {
  return `${at} ${what}`;
}

function describeDrain(drained: DrainEvidence): string {
  const { startedAt, endedAt, evicted, nodes } = drained;
  const ms = Date.parse(endedAt) - Date.parse(startedAt);
  const done = `${counted(evicted, "pod")} evicted from ${listed(nodes)} in ${formatSeconds(ms)}`;
  return [done, ...warningsOfDrain(drained)].join("; ");
}

/** What a drain could not do, one sentence each; empty when it did everything. */
export function warningsOfDrain({ left, problem }: DrainEvidence): string[] {
  return [
    ...(problem === undefined ? [] : [`workers could not be drained: ${problem}`]),
    ...(left.length === 0
      ? []
      : [
          `${counted(left.length, "pod")} not drained, so they end with their nodes: ${listed(left.map(({ pod, node, why }) => `${pod} on ${node} (${why})`))}`,
        ]),
  ];
}
