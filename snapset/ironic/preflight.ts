import type { Findings } from "../capture/findings";
import { lengthProblems, type MemberIdentity } from "../identity";
import type { Consistency } from "../manifest";
import { isClusterRole } from "../roles";
import type { Instance } from "../snapsetData";
import { interfaceProblem } from "./capability";
import { foreignProblem, isSnapshotOf, maintenanceOf, nodeLabel, type NodeView } from "./node";
import { foreignReason } from "./snapshotPlan";

/** What the cloud shows before the first change. */
export interface NodeSurroundings {
  /** The cloud's name, for messages. */
  cloud: string;
  /** Of the project that captures. */
  projectId: string;
  snapId: string;
  consistency: Consistency;
  /** Whether the capture is to bring the cluster inside its members to rest. */
  hasCluster: boolean;
}

/** One machine to capture, as far as it was found. */
export interface FoundNode {
  instance: Instance;
  identity: MemberIdentity;
  /** Undefined when the project sees no such node. */
  node: NodeView | undefined;
}

/** Everything that can be known of the machines to fail before the first change. */
export function judgeNodes(found: readonly FoundNode[], around: NodeSurroundings): Findings {
  const findings = found.map((it) => judgeNode(it, around));
  const frozen =
    around.consistency === "quiesce" && found.length > 0
      ? [
          "consistency quiesce: a bare-metal machine is netbooted for its snapshot, so nothing in it can be frozen: say shutdown, or crash",
        ]
      : [];
  return {
    problems: [...frozen, ...findings.flatMap(({ problems }) => problems)],
    warnings: findings.flatMap(({ warnings }) => warnings),
  };
}

function judgeNode({ instance, identity, node }: FoundNode, around: NodeSurroundings): Findings {
  const problems = lengthProblems(identity);
  if (node === undefined) {
    problems.push(
      `instance ${instance.name} (${instance.uuid}) is not found in the Ironic of cloud ${around.cloud}: ` +
        "take it out of the capture, or name another cloud or region",
    );
    return { problems, warnings: [] };
  }
  problems.push(
    ...defined(foreignProblem(node, around.projectId)),
    ...stateProblems(node, around),
    ...defined(maintenanceOf(node), interfaceProblem(node)),
    ...macProblems(instance, node),
    ...clusterProblems(instance, node, around),
  );
  return { problems, warnings: warningsOf(node, around) };
}

/** What an interrupted run of this very capture has left under way is gone on with. */
function stateProblems(node: NodeView, { snapId }: NodeSurroundings): string[] {
  switch (node.provisionState) {
    case "active":
      return [];
    case "snapshotting":
    case "snapshot wait":
    case "snapshot failed":
      return node.snapshotMark === snapId ? [] : [foreignReason(node)];
    default:
      return [
        `${nodeLabel(node)} is ${node.provisionState}: only what is deployed can be captured, so it must be active`,
      ];
  }
}

function macProblems({ macAddress }: Instance, node: NodeView): string[] {
  if (node.macAddresses.includes(macAddress)) return [];
  const has = node.macAddresses.join(", ") || "none";
  return [`${nodeLabel(node)} has no port with MAC ${macAddress}; it has ${has}`];
}

/**
 * The nodes of a cluster are told to shut down from inside: Ironic takes that for a fault, and powers
 * them on again (ironic `conf/conductor.py`, force_power_state_during_sync).
 */
function clusterProblems(
  { name, role }: Instance,
  node: NodeView,
  { snapId, hasCluster }: NodeSurroundings,
): string[] {
  if (!hasCluster || !isClusterRole(role)) return [];
  // What runs on a machine during its snapshot is Ironic's ramdisk.
  if (node.powerState === "power off" || isSnapshotOf(node, snapId)) return [];
  return [
    `${name} is a cluster's node on bare metal, where a cluster is not brought to rest (${nodeLabel(node)} is on): ` +
      "shut the cluster down first, or take snapset:cluster out and its machines are captured without it",
  ];
}

function warningsOf(node: NodeView, { consistency }: NodeSurroundings): string[] {
  const isOn = node.powerState !== "power off";
  return [
    ...(node.reservation === null
      ? []
      : [`${nodeLabel(node)} is locked by conductor ${node.reservation}: that is waited for`]),
    ...(consistency === "crash" && isOn
      ? [
          `NoGuestAgent: ${nodeLabel(node)} is netbooted while it runs: its disk is as after a power cut`,
        ]
      : []),
  ];
}

function defined(...problems: (string | undefined)[]): string[] {
  return problems.filter((it) => it !== undefined);
}
