import { cordonMark, isCordoned, shutdownMark } from "../nodes/nodes";
import type { ReviveContext } from "./revive";
import type { Node } from "../api/types";

const machineConfig = "machineconfiguration.openshift.io";

/**
 * Uncordons nodes that the machine config operator has cordoned anew after a boot ("all updated, 0
 * ready"). A node in the middle of an update is the operator's: that cordon has a reason.
 *
 * @returns their names
 */
export async function uncordonAgain(
  nodes: readonly Node[],
  { cluster, cordonedBefore = [], onProgress }: ReviveContext,
): Promise<string[]> {
  const names = nodes
    .filter((node) => isCordoned(node) && !isUpdating(node))
    .map((node) => node.metadata.name)
    .filter((name) => !cordonedBefore.includes(name));
  for (const name of names) {
    onProgress?.(`${name} has been cordoned again: uncordoning it`);
    const marks = { [cordonMark]: null, [shutdownMark]: null };
    await cluster.patchNodeUnschedulable(name, false, marks);
  }
  return names;
}

function isUpdating({ metadata: { annotations = {} } }: Node): boolean {
  const of = (key: string) => annotations[`${machineConfig}/${key}`];
  return of("currentConfig") !== of("desiredConfig") || (of("state") ?? "Done") !== "Done";
}
