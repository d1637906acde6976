import { snapshotMicroversion } from "../../openstack";
import type { CapturedMember } from "../../snapset/capture/member";
import { withoutSnapshots } from "../../snapset/ironic/capability";
import type { NodeView } from "../../snapset/ironic/node";
import { judgeNodes } from "../../snapset/ironic/preflight";
import type { Instance } from "../../snapset/snapsetData";
import type { CaptureInputs } from "../capture/types";
import type { Context } from "../context";
import { observeNodesWithPorts } from "./observe";

/** One bare-metal machine of a capture, found. */
export interface NodeMember extends CapturedMember {
  /** As it was before the first change. */
  node: NodeView;
}

/** The machines of a capture, as far as they were found, and what speaks against capturing them. */
export interface FoundNodes {
  members: NodeMember[];
  problems: string[];
  warnings: string[];
}

/**
 * Finds the machines, and all about them that is known to fail. Where Ironic offers no snapshots, that
 * is the one problem: nothing else that is said of them would help. It changes nothing.
 */
export async function findNodes(
  inputs: CaptureInputs,
  instances: readonly Instance[],
  context: Context,
): Promise<FoundNodes> {
  const lacking = await lackOfSnapshots(context);
  if (lacking !== undefined) return { members: [], problems: [lacking], warnings: [] };
  const nodes = await observeNodesWithPorts(context);
  const found = instances.map((instance) => {
    const node = nodes.get(instance.uuid);
    return { instance, identity: identityOf(instance, node, inputs, context), node };
  });
  const { cloud, projectId } = context.cloud;
  const { problems, warnings } = judgeNodes(found, {
    ...inputs,
    cloud,
    projectId,
    hasCluster: inputs.cluster !== null,
  });
  return {
    members: found.flatMap(({ node, ...member }) =>
      node === undefined ? [] : [{ ...member, node }],
    ),
    problems,
    warnings,
  };
}

/** That Ironic offers no snapshots, in one sentence; undefined when it does. */
async function lackOfSnapshots({ cloud }: Context): Promise<string | undefined> {
  if (await cloud.bareMetal.offersSnapshots()) return undefined;
  const versions = await cloud.bareMetal.showVersions();
  return withoutSnapshots(cloud.cloud, versions, snapshotMicroversion);
}

function identityOf(
  instance: Instance,
  node: NodeView | undefined,
  { snapId, environmentName, instances }: CaptureInputs,
  { cloud }: Context,
) {
  const { name, role, macAddress } = instance;
  const others = (node?.macAddresses ?? []).filter((mac) => mac !== macAddress);
  return {
    snapId,
    environment: environmentName,
    member: name,
    role,
    macAddresses: [macAddress, ...others],
    members: instances.length,
    capturedAt: cloud.now(),
  };
}
