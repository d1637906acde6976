import { allEnded } from "../../common/allEnded";
import { counted } from "../../common/counted";
import { listed } from "../../common/listed";
import type { VirtualMachine } from "../../kubevirt";
import type { KubeVirtContext } from "./context";
import { observeMachines, waitForAll, type Machines } from "./machines";
import { startMachine } from "./stop";

/**
 * Starts machines and waits until they run. While a snapshot or a restore of a machine is under way
 * KubeVirt lets nobody start it (kubevirt `pkg/storage/admitters/vm-storage-admitter.go`).
 *
 * @returns what was done, in words
 */
export async function startMachines(
  names: readonly string[],
  deadlineMs: number,
  context: KubeVirtContext,
): Promise<string> {
  if (names.length === 0) return "no virtual machine had to be started";
  const told = new Set<string>();
  const seen = await waitForAll(
    {
      what: `${listed(names)} to run`,
      phase: "start",
      observe: async () => {
        const machines = await observeMachines(context);
        const free = names.filter((name) => !told.has(name) && canStart(name, machines));
        await allEnded(free.map((name) => tell(name, machines, told, context)));
        return machines;
      },
      missing: (machines) => notRunning(names, machines, told),
      deadlineMs,
    },
    context,
  );
  const gone = names.filter((name) => !seen.vms.has(name));
  const started = counted(names.length - gone.length, "virtual machine");
  return `${started} started${gone.length === 0 ? "" : `; gone: ${listed(gone)}`}`;
}

function canStart(name: string, { vms, vmis }: Machines): boolean {
  const { snapshotInProgress, restoreInProgress } = vms.get(name)?.status ?? {};
  const isBusy = snapshotInProgress !== undefined || restoreInProgress !== undefined;
  // One that is still going down, or is yet to, is started once it is off.
  const isGoing = vmis.get(name)?.metadata.deletionTimestamp !== undefined;
  return !isBusy && !isGoing && !isToStop(vms.get(name));
}

/** Whether KubeVirt was told to stop it, and has not yet: to start it would be refused until then. */
function isToStop(vm: VirtualMachine | undefined): boolean {
  return vm?.status?.stateChangeRequests?.some(({ action }) => action === "Stop") === true;
}

async function tell(
  name: string,
  { vms }: Machines,
  told: Set<string>,
  context: KubeVirtContext,
): Promise<void> {
  const vm = vms.get(name);
  if (vm === undefined) return;
  await startMachine(vm, context);
  told.add(name);
}

/** One that somebody has deleted need not run. */
function notRunning(
  names: readonly string[],
  { vms, vmis }: Machines,
  told: ReadonlySet<string>,
): string[] {
  return names.flatMap((name) => {
    const vm = vms.get(name);
    const isRunning = vmis.get(name)?.status?.phase === "Running";
    if (vm === undefined || (isRunning && told.has(name))) return [];
    const { snapshotInProgress, restoreInProgress, printableStatus } = vm.status ?? {};
    const holder = snapshotInProgress ?? restoreInProgress;
    return [
      `${name} ${holder === undefined ? (printableStatus ?? "unknown") : `held by ${holder}`}`,
    ];
  });
}
