import type { CaptureProgress } from "../../snapset/capture/progress";
import type { Platform, Source } from "../platform";
import type { KubeVirtContext } from "./context";
import { findMachines } from "./observe";
import { removeSnapshots } from "./remove";
import { releaseMachines } from "./restore/release";
import { foreseeRestore, restoreMachines } from "./restore/run";
import { startMachines } from "./start";
import { thawLeft } from "./thaw";

/** Virtual machines of KubeVirt: a VirtualMachineSnapshot of each. */
export function kubeVirtPlatform(context: KubeVirtContext): Platform {
  return {
    name: "kubevirt",
    observe: (inputs, instances, own) => findMachines(inputs, instances, own, context),
    resume: (source, progress) => resumeMachines(source, progress, context),
    remove: (set) => removeSnapshots(set, context),
    restore: (order) => restoreMachines(order, context),
    foresee: (order) => foreseeRestore(order, context),
    release: (order) => releaseMachines(order, context),
  };
}

/**
 * Thaws what a capture has left frozen, and starts what it has stopped.
 *
 * @param progress is kept up to date
 */
async function resumeMachines(
  { instances, deadlines }: Source,
  progress: CaptureProgress,
  context: KubeVirtContext,
): Promise<string> {
  const thawed = await thawLeft(progress, context);
  const stopped = instances.filter(({ name }) => progress.stopped[name] !== undefined);
  const names = stopped.map(({ name }) => name);
  const started = await startMachines(names, deadlines.stop, context);
  for (const name of names) Reflect.deleteProperty(progress.stopped, name);
  return [...thawed, started].join("; ");
}
