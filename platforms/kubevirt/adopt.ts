import { listed } from "../../common/listed";
import type { VirtualMachineSnapshot } from "../../kubevirt";
import { staleReason } from "../../snapset/kubevirt/adoption";
import type { FrozenWindow } from "../../snapset/kubevirt/freeze";
import type { CaptureProgress } from "../../snapset/capture/progress";
import type { Adopted, CaptureRun } from "../platform";
import type { KubeVirtContext } from "./context";
import { observeMachines } from "./machines";
import type { Machine } from "./observe";
import { deleteSnapshots } from "./remove";
import { observeSnapshots } from "./snapshots";
import { breakOff } from "./thaw";

/**
 * Thaws what an interrupted run may have left frozen, and looks at its snapshots: those are taken
 * over that hold what this capture is to hold, the others go. Guests that are frozen together are
 * captured together: of these all are taken over, or none.
 */
export async function adoptSnapshots(
  machines: readonly Machine[],
  { inputs, journal }: CaptureRun,
  context: KubeVirtContext,
): Promise<Adopted> {
  const { progress } = journal;
  const thawed = await breakOff(journal, context);
  const names = machines.map(({ instance }) => instance.name);
  const snapshots = await observeSnapshots(inputs.snapId, names, context);
  const { vms, vmis } = await observeMachines(context);
  const stale = new Map<VirtualMachineSnapshot, string>();
  for (const [name, snapshot] of snapshots) {
    const vm = vms.get(name);
    const reason =
      vm === undefined
        ? "its machine is gone"
        : staleReason(
            snapshot,
            vm,
            vmis.get(name),
            inputs.consistency,
            windowOf(progress),
            wasFrozen(progress, name),
          );
    if (reason !== undefined) stale.set(snapshot, `${name} (${reason})`);
  }
  const isTorn = snapshots.size < names.length || stale.size > 0;
  if (inputs.consistency === "quiesce" && isTorn) {
    for (const [name, snapshot] of snapshots) {
      if (!stale.has(snapshot)) stale.set(snapshot, `${name} (not all were cut with it)`);
    }
  }
  await deleteSnapshots([...stale.keys()], inputs.deadlines.stop, context);
  const found = `${snapshots.size} of ${names.length} snapshots found`;
  const anew = stale.size === 0 ? [] : [`made anew: ${listed([...stale.values()])}`];
  const evidence = [...thawed, found, ...anew].join("; ");
  return { found: snapshots.size, stale: stale.size, evidence };
}

/** In which guests were frozen; undefined when they were not, or not all. */
export function windowOf({ frozen }: CaptureProgress): FrozenWindow | undefined {
  if (frozen?.at == null) return undefined;
  const { at, until, brokenOffAt } = frozen;
  return {
    at: new Date(at),
    until: new Date(until),
    brokenOffAt: brokenOffAt === undefined ? undefined : new Date(brokenOffAt),
  };
}

/** Whether a machine's guest is one of those that were frozen, or were to be. */
export function wasFrozen({ frozen }: CaptureProgress, name: string): boolean {
  return frozen?.members.includes(name) === true;
}
