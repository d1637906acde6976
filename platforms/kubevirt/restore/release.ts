import { counted } from "../../../common/counted";
import { restoreNameOf } from "../../../snapset/kubevirt/names";
import {
  isMadeBy,
  isOurRestore,
  isRestoreBy,
  memberOfRestore,
} from "../../../snapset/kubevirt/restorePlan";
import type { RestoreOrder } from "../../../snapset/restoreOrder";
import type { KubeVirtContext } from "../context";
import { observeMachines } from "../machines";
import { deleteMachines } from "./deleteMachines";
import { deleteRestores } from "./makeRestores";

/**
 * Deletes the machines that a restore has made beside those that were captured, and its
 * VirtualMachineRestores, which do nothing any more. A captured machine stays as it is.
 *
 * @returns what was done, in words
 */
export async function releaseMachines(
  order: RestoreOrder,
  context: KubeVirtContext,
): Promise<string> {
  const { vms } = await observeMachines(context);
  const names = new Set(order.members.map(({ target }) => restoreNameOf(target, order)));
  const restores = (await context.kubevirt.listRestores()).filter(
    (it) => isOurRestore(it) && (names.has(it.metadata.name) || isRestoreBy(it, order.by)),
  );
  const made = restores.flatMap((restore) => {
    const target = restore.spec.target.name;
    const known = order.members.find((member) => member.target === target)?.name;
    const member = memberOfRestore(restore) ?? known;
    const vm = member === undefined || member === target ? undefined : vms.get(target);
    return vm !== undefined && isMadeBy(vm, restore) ? [vm] : [];
  });
  await deleteMachines(made, order.deadline, context);
  await deleteRestores(restores, order.deadline, context);
  return `${counted(made.length, "virtual machine")} deleted`;
}
