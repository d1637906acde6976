import { allEnded } from "../../common/allEnded";
import { listed } from "../../common/listed";
import { ClusterError } from "../../openshift";
import { runStrategyOf } from "../../snapset/kubevirt/machines";
import type { VmView } from "../../snapset/kubevirt/objects";
import type { CaptureProgress } from "../../snapset/capture/progress";
import type { KubeVirtContext } from "./context";
import { observeMachines, waitForAll, type Machines } from "./machines";

/** What a machine's run strategy was before it was stopped; the machine itself keeps it. */
const strategyAnnotation = "snapset/run-strategy";

/** Strategies of machines that start by themselves: these are stopped by another strategy. */
const startingByThemselves = new Set(["Always", "Once"]);

/** KubeVirt's own, DefaultGracePeriodSeconds. */
const defaultGraceSeconds = 30;

/**
 * Stops machines and waits until nothing of them runs.
 *
 * @param note is told of each machine how long that took, and whether the guest itself went down
 * @returns how it went, in words
 */
export async function stopMachines(
  names: readonly string[],
  deadlineMs: number,
  context: KubeVirtContext,
  note: (name: string, outcome: Stopped) => void = () => undefined,
): Promise<string> {
  const machines = await observeMachines(context);
  const { vms, vmis } = machines;
  const toStop = toBeStopped(names, machines);
  await allEnded(
    toStop.flatMap((name) => {
      const vm = vms.get(name);
      return vm === undefined ? [] : [stopMachine(vm, vmis.has(name), context)];
    }),
  );
  const running = toStop.filter((name) => vmis.has(name));
  if (running.length === 0) return `${listed(names)}: off already`;
  const told = context.kubevirt.now().getTime();
  const waiting = new Set(running);
  await waitForAll(
    {
      what: `${listed(running)} to be off`,
      phase: "stop",
      observe: async () => {
        const seen = await observeMachines(context);
        const seconds = (context.kubevirt.now().getTime() - told) / 1000;
        for (const name of [...waiting].filter((it) => !seen.vmis.has(it))) {
          waiting.delete(name);
          note(name, outcomeOf(vms.get(name), seconds));
        }
        return seen;
      },
      missing: (seen) => stillOn(names, seen),
      deadlineMs,
    },
    context,
  );
  return `off: ${listed(names)}`;
}

type Stopped = CaptureProgress["stopped"][string];

/** Before its grace has ended a machine goes only down by itself; after that nobody can tell. */
function outcomeOf(vm: VmView | undefined, seconds: number): Stopped {
  const grace = vm?.spec.template.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
  return { stop: seconds < grace ? "graceful" : "stopped", seconds };
}

function stillOn(names: readonly string[], { vmis }: Machines): string[] {
  return names.flatMap((name) => {
    const vmi = vmis.get(name);
    return vmi === undefined ? [] : [`${name} ${vmi.status?.phase ?? "unknown"}`];
  });
}

/** Those of some machines that run, or would by themselves: the ones that a stop changes. */
export function toBeStopped(names: readonly string[], { vms, vmis }: Machines): string[] {
  return names.filter((name) => {
    const vm = vms.get(name);
    return vm !== undefined && (vmis.has(name) || startingByThemselves.has(runStrategyOf(vm)));
  });
}

/** One that starts by itself is told not to; what it was told before stands on it in the same write. */
async function stopMachine(
  vm: VmView,
  isRunning: boolean,
  context: KubeVirtContext,
): Promise<void> {
  const { name } = vm.metadata;
  const strategy = runStrategyOf(vm);
  if (startingByThemselves.has(strategy)) {
    const before = vm.spec.runStrategy === undefined ? "running" : strategy;
    await context.kubevirt.patchVirtualMachine(name, {
      metadata: { annotations: { [strategyAnnotation]: before } },
      spec: before === "running" ? { running: false } : { runStrategy: "Halted" },
    });
  } else if (isRunning && strategy !== "Halted") {
    // What stands there is of an earlier stop; somebody has chosen another strategy since.
    if (vm.metadata.annotations?.[strategyAnnotation] !== undefined) {
      await context.kubevirt.patchVirtualMachine(name, {
        metadata: { annotations: { [strategyAnnotation]: null } },
      });
    }
    await unlessConflict(context.kubevirt.stop(name));
  }
}

/** Has a machine run again, as it did before it was stopped. */
export async function startMachine(vm: VmView, context: KubeVirtContext): Promise<void> {
  const { name, annotations } = vm.metadata;
  const before = annotations?.[strategyAnnotation];
  if (before === undefined) {
    await unlessConflict(context.kubevirt.start(name));
    return;
  }
  await context.kubevirt.patchVirtualMachine(name, {
    metadata: { annotations: { [strategyAnnotation]: null } },
    spec: before === "running" ? { running: true } : { runStrategy: before },
  });
}

/** KubeVirt answers 409 to what is done already, and to what the run strategy does by itself. */
async function unlessConflict(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ClusterError) || error.status !== 409) throw error;
  }
}
