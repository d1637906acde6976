import { InputError } from "../../common/errors";
import { journalOf } from "../../snapset/capture/journal";
import { chooseMachines, instanceOf } from "../../snapset/kubevirt/machines";
import type { Instance } from "../../snapset/snapsetData";
import type { CaptureInputs } from "../capture/types";
import type { SetStore } from "../platform";
import type { KubeVirtContext } from "./context";
import { observeMachines } from "./machines";

/**
 * The machines that a capture is about: of one that has been begun those that it was begun with,
 * whatever a selector would find now; else those that the settings name.
 *
 * @throws {InputError} when there are none, or not all
 */
export async function findInstances(
  { snapId, instances }: Pick<CaptureInputs, "snapId" | "instances">,
  { listJournals }: Pick<SetStore, "listJournals">,
  context: KubeVirtContext,
): Promise<Instance[]> {
  if (instances.length > 0) return instances;
  const begun = journalOf(snapId, await listJournals());
  return begun === undefined ? findWanted(context) : begun.journal.instances;
}

async function findWanted(context: KubeVirtContext): Promise<Instance[]> {
  const { kubevirt, settings } = context;
  const { selector } = settings;
  const { vms, vmis } = await observeMachines(context);
  const found =
    selector === null ? [...vms.values()] : await kubevirt.listVirtualMachines(selector);
  const { machines, problems } = chooseMachines(settings, found, kubevirt.namespace);
  if (problems.length > 0) throw new InputError("kubevirt", problems);
  return machines.map((vm) => instanceOf(vm, vmis.get(vm.metadata.name)));
}
