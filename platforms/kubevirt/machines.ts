import { listed } from "../../common/listed";
import { waitForValue } from "../../common/wait";
import type { VirtualMachine, VirtualMachineInstance } from "../../kubevirt";
import { ClusterError, isTransient } from "../../openshift";
import { isOver } from "../../snapset/kubevirt/machines";
import type { KubeVirtContext } from "./context";

/** Machines and those of them that run, each by name. */
export interface Machines {
  vms: ReadonlyMap<string, VirtualMachine>;
  /** While a machine is going down it is still here. */
  vmis: ReadonlyMap<string, VirtualMachineInstance>;
}

/** All machines of the namespace, from two list calls. */
export async function observeMachines({
  kubevirt,
}: Pick<KubeVirtContext, "kubevirt">): Promise<Machines> {
  const [vms, vmis] = await Promise.all([kubevirt.listVirtualMachines(), kubevirt.listInstances()]);
  return { vms: byName(vms), vmis: byName(vmis) };
}

/** The same, without the instances of guests that have ended and are left so. */
export async function observeRunning(
  context: Pick<KubeVirtContext, "kubevirt">,
): Promise<Machines> {
  const machines = await observeMachines(context);
  const running = [...machines.vmis].filter(([name]) => !hasEnded(name, machines));
  return { vms: machines.vms, vmis: new Map(running) };
}

/** Whether a machine's guest has ended, and its instance is left so. */
export function hasEnded(name: string, { vms, vmis }: Machines): boolean {
  const [vm, vmi] = [vms.get(name), vmis.get(name)];
  return vm !== undefined && vmi !== undefined && isOver(vm, vmi);
}

/** Objects by their names. */
export function byName<T extends { metadata: { name: string } }>(
  objects: readonly T[],
): Map<string, T> {
  return new Map(objects.map((object) => [object.metadata.name, object]));
}

/** What is waited for, of several things at once. */
interface WaitForAll<T> {
  what: string;
  /** What the line of progress begins with. */
  phase: string;
  observe: () => Promise<T>;
  /** What is not there yet, in words; empty when all is. */
  missing: (seen: T) => readonly string[];
  deadlineMs: number;
  intervalMs?: number;
}

/**
 * Waits until nothing is missing; an API that does not answer for now is waited for, too.
 *
 * @throws {TimeoutError} at the deadline, naming what was missing last
 */
export function waitForAll<T>(wait: WaitForAll<T>, context: KubeVirtContext): Promise<T> {
  const { what, phase, observe, missing, deadlineMs, intervalMs = 500 } = wait;
  return waitForValue({
    what,
    observe,
    problemOf: (error) =>
      error instanceof ClusterError && isTransient(error) ? error.message : undefined,
    isDone: (seen) => missing(seen).length === 0,
    describe: (seen) => listed(missing(seen)),
    deadlineMs,
    intervalMs,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`${phase}: ${seen}`);
    },
  });
}
