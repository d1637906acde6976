import { restoreProblems } from "../../../snapset/ironic/restorePreflight";
import { nodeLabel, type NodeView } from "../../../snapset/ironic/node";
import type { ManifestMember } from "../../../snapset/manifest";
import type { MachineNeed } from "../../../snapset/placement/needs";
import type { FoundMachine } from "../../../snapset/placement/places";
import type { SnapsetRecord } from "../../../snapset/sets";
import type { Context } from "../../context";
import { findNode, observeNodesWithPorts } from "../observe";

/** The machines that an environment names, found. */
export interface FoundMachines {
  /** By the environment's names. */
  machines: Record<string, FoundMachine>;
  /** What is known to fail, as sentences. */
  problems: string[];
}

/**
 * Finds the machines of an environment, and judges them before anything of it is made: with a set, as
 * the restore to them will; without one they have to be deployed already.
 *
 * @param set undefined for a new environment
 */
export async function findMachines(
  needs: readonly MachineNeed[],
  set: SnapsetRecord | undefined,
  context: Pick<Context, "cloud">,
): Promise<FoundMachines> {
  const nodes = await observeNodesWithPorts(context);
  const found = needs.map((need) => {
    const captured = set?.manifest?.members.find(({ name }) => name === need.name);
    const node = findNode(nodes, need.node);
    return { need, captured, node, macs: macsOf(need, captured) };
  });
  const targets = found.map(({ need, captured, node, macs }) => ({
    member: need.name,
    ident: need.node,
    imageId: captured?.imageId ?? "",
    macAddresses: macs,
    minDiskGb: captured?.minDiskGb ?? 0,
    node,
  }));
  const { cloud, projectId } = context.cloud;
  const missing = found.filter(({ captured }) => set !== undefined && captured === undefined);
  return {
    machines: Object.fromEntries(
      found.flatMap(({ need, node, macs }) => {
        const macAddress = macs[0] ?? node?.macAddresses[0] ?? "";
        return node === undefined ? [] : [[need.name, { uuid: node.uuid, macAddress }] as const];
      }),
    ),
    problems: [
      ...missing.map(({ need }) => `${need.name}: the set has no image of it`),
      ...(set === undefined
        ? newProblems(targets, cloud)
        : restoreProblems(targets, { snapId: set.snapId, trigger: "" }, { cloud, projectId })),
    ],
  };
}

/** Those that were captured, and those that the environment names besides. */
function macsOf({ macAddresses }: MachineNeed, captured: ManifestMember | undefined): string[] {
  return [...new Set([...(captured?.macAddresses ?? []), ...macAddresses])];
}

/** A new environment takes machines as they are. */
function newProblems(
  targets: readonly {
    member: string;
    ident: string;
    macAddresses: readonly string[];
    node: NodeView | undefined;
  }[],
  cloud: string,
): string[] {
  return targets.flatMap(({ member, ident, macAddresses, node }) => {
    if (node === undefined)
      return [`${member}: there is no node ${ident} in the Ironic of cloud ${cloud}`];
    const missing = macAddresses.filter((mac) => !node.macAddresses.includes(mac));
    return [
      ...(node.provisionState === "active"
        ? []
        : [
            `${member}: ${nodeLabel(node)} is ${node.provisionState}: deploy it first, so that it is active`,
          ]),
      ...(missing.length === 0
        ? []
        : [
            `${member}: ${nodeLabel(node)} has no port with MAC ${missing.join(", ")}; ` +
              `it has ${node.macAddresses.join(", ") || "none"}`,
          ]),
    ];
  });
}
