import { allEnded } from "../../../common/allEnded";
import { listed } from "../../../common/listed";
import type { VirtualMachine } from "../../../kubevirt";
import type { KubeVirtContext } from "../context";
import { observeMachines, waitForAll } from "../machines";

/** Deletes machines with the volumes that they own, and waits until they are gone. */
export async function deleteMachines(
  machines: readonly VirtualMachine[],
  deadlineMs: number,
  context: KubeVirtContext,
): Promise<void> {
  if (machines.length === 0) return;
  const uids = new Set(machines.map(({ metadata }) => metadata.uid));
  const names = machines.map(({ metadata }) => metadata.name);
  await allEnded(machines.map(({ metadata }) => context.kubevirt.deleteVirtualMachine(metadata)));
  await waitForAll(
    {
      what: `${listed(names)} to be deleted`,
      phase: "delete",
      observe: () => observeMachines(context),
      missing: ({ vms, vmis }) => [
        ...[...vms.values()].flatMap((vm) => (uids.has(vm.metadata.uid) ? [vm.metadata.name] : [])),
        ...names.filter((name) => vmis.has(name) && !vms.has(name)).map((name) => `${name} stops`),
      ],
      deadlineMs,
    },
    context,
  );
}
