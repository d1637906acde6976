import { claims, instances, virtualMachines } from "../resources";
import type { VirtualMachine, VirtualMachineInstance, VmSnapshot } from "../types";
import { hasCondition } from "./conditions";
import type { Context, Write } from "./context";
import { claimOf, volumesOf } from "./volumes";
import {
  addFinalizer,
  hasFinalizer,
  isDeleting,
  namespaceOf,
  removeFinalizer,
  updateStatus,
} from "./writes";

/** On a machine while a snapshot of it is taken. */
const sourceFinalizer = "snapshot.kubevirt.io/snapshot-source-protection";

/** The machine of a snapshot as it is now (pkg/storage/snapshot/source.go). */
export interface Source {
  vm: VirtualMachine;
  instance: VirtualMachineInstance | undefined;
  isLocked: boolean;
  isOnline: boolean;
  isPaused: boolean;
  hasAgent: boolean;
  isFrozen: boolean;
}

/** Undefined where there is no such machine. */
export function sourceOf(snapshot: VmSnapshot, context: Context): Source | undefined {
  const namespace = namespaceOf(snapshot);
  const vm = context.find(virtualMachines, namespace, snapshot.spec.source.name);
  if (!vm) return undefined;
  const instance = context.find(instances, namespace, vm.metadata.name);
  const conditions = instance?.status?.conditions;
  return {
    vm,
    instance,
    isLocked:
      vm.status?.snapshotInProgress === snapshot.metadata.name && hasFinalizer(vm, sourceFinalizer),
    isOnline: instance !== undefined,
    isPaused: hasCondition(conditions, "Paused"),
    hasAgent: hasCondition(conditions, "AgentConnected"),
    isFrozen: instance?.status?.fsFreezeStatus === "frozen",
  };
}

/** Why a machine cannot be locked for a snapshot now; undefined when it can. */
function lockProblem({ vm }: Source, snapshot: VmSnapshot, context: Context) {
  const { name } = vm.metadata;
  for (const claim of volumesOf(vm).map(claimOf)) {
    if (claim === undefined) continue;
    const found = context.find(claims, namespaceOf(vm), claim);
    const at = `source ${namespaceOf(vm)}/${name}`;
    if (!found) return `${at} volume doesnt exist: ${claim}`;
    if (isDeleting(found)) return `${at} volume is being deleted: ${claim}`;
    if (found.status?.phase !== "Bound") return `${at} volume not bound: ${claim}`;
  }
  const other = vm.status?.snapshotInProgress;
  if (other === undefined || other === snapshot.metadata.name) return undefined;
  return `snapshot "${other}" in progress`;
}

/** What a snapshot says of its hold on the machine. */
export function lockMessage(source: Source, snapshot: VmSnapshot, context: Context): string {
  if (source.isLocked) return "Source locked and operation in progress";
  const problem = lockProblem(source, snapshot, context);
  return problem === undefined ? "Source not locked" : `Source not locked ${problem}`;
}

/** Keeps others from the machine: one snapshot of it at a time. */
export function lock(source: Source, snapshot: VmSnapshot, context: Context): Write | undefined {
  const { vm } = source;
  if (lockProblem(source, snapshot, context) !== undefined) return undefined;
  const snapshotInProgress = snapshot.metadata.name;
  const status = { ...vm.status, snapshotInProgress };
  return (
    updateStatus(virtualMachines, vm, status) ?? addFinalizer(virtualMachines, vm, sourceFinalizer)
  );
}

export function unlock({ vm }: Source, snapshot: VmSnapshot): Write | undefined {
  const { snapshotInProgress, ...status } = vm.status ?? {};
  if (snapshotInProgress !== snapshot.metadata.name) return undefined;
  return (
    removeFinalizer(virtualMachines, vm, sourceFinalizer) ??
    updateStatus(virtualMachines, vm, status)
  );
}
