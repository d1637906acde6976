import { dataVolumes } from "../resources";
import type {
  Condition,
  VirtualMachine,
  VirtualMachineInstance,
  VirtualMachineStatus,
} from "../types";
import { hasCondition, withCondition, withoutCondition } from "./conditions";
import type { Context } from "./context";
import { runStrategyOf } from "./runStrategy";
import { snapshotStatusOf, volumesOf } from "./volumes";
import { isDeleting, namespaceOf } from "./writes";

/** A machine's status after its instance and its volumes. */
export function machineStatus(
  vm: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  context: Context,
): VirtualMachineStatus {
  const { stateChangeRequests: requests = [], ...old } = vm.status ?? {};
  // A request to start is done once there is an instance; one to stop when that one is gone.
  const left = instance && !isDeleting(instance) ? requests.filter(isStop) : requests;
  return {
    ...old,
    ...(left.length > 0 && { stateChangeRequests: left }),
    created: instance !== undefined,
    ready: hasCondition(instance?.status?.conditions, "Ready"),
    runStrategy: runStrategyOf(vm.spec),
    printableStatus: printableStatus(vm, instance, context),
    conditions: conditions(old.conditions, instance, context.nowMs),
    volumeSnapshotStatuses: volumesOf(vm).map((volume) =>
      snapshotStatusOf(namespaceOf(vm), volume, context),
    ),
  };
}

function isStop({ action }: { action: string }): boolean {
  return action === "Stop";
}

function printableStatus(
  vm: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  context: Context,
): string {
  if (!instance) {
    if (runStrategyOf(vm.spec) === "Halted") return "Stopped";
    return isProvisioned(vm, context) ? "Stopped" : "Provisioning";
  }
  if (isDeleting(instance)) return "Stopping";
  if (hasCondition(instance.status?.conditions, "Paused")) return "Paused";
  return instance.status?.phase === "Running" ? "Running" : "Starting";
}

function isProvisioned(vm: VirtualMachine, context: Context): boolean {
  return (vm.spec.dataVolumeTemplates ?? []).every(({ metadata }) => {
    const dataVolume = context.find(dataVolumes, namespaceOf(vm), metadata.name);
    return dataVolume?.status?.phase === "Succeeded";
  });
}

function conditions(
  old: readonly Condition[] | undefined,
  instance: VirtualMachineInstance | undefined,
  nowMs: number,
): Condition[] {
  const ready = readiness(instance);
  const all = withCondition(old, { type: "Ready", ...ready }, nowMs);
  const copied = ["AgentConnected", "Paused"].reduce((result, type) => {
    const has = hasCondition(instance?.status?.conditions, type);
    return has
      ? withCondition(result, { type, status: "True" }, nowMs)
      : withoutCondition(result, type);
  }, all);
  return copied;
}

function readiness(instance: VirtualMachineInstance | undefined) {
  if (!instance) {
    return { status: "False", reason: "VMINotExists", message: "VMI does not exist" } as const;
  }
  if (hasCondition(instance.status?.conditions, "Ready")) return { status: "True" } as const;
  const message = "Guest VM is not reported as running";
  return { status: "False", reason: "GuestNotRunning", message } as const;
}
