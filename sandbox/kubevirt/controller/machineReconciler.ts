import { claims, dataVolumes, instances, virtualMachines } from "../resources";
import type { VirtualMachine, VirtualMachineInstance } from "../types";
import type { Context, Reconcile, Write } from "./context";
import { machineStatus } from "./machineStatus";
import { runStrategyOf } from "./runStrategy";
import { claimOf, volumesOf } from "./volumes";
import {
  addFinalizer,
  create,
  hasFinalizer,
  isDeleting,
  namespaceOf,
  ownerOf,
  remove,
  removeFinalizer,
  uidOf,
  updateStatus,
} from "./writes";

const finalizer = "kubevirt.io/virtualMachineControllerFinalize";

/** On instances: they go when their guest is off. */
export const instanceFinalizer = "foregroundDeleteVirtualMachine";

/** virt-controller: a machine's data volumes, its instance by its run strategy, its status. */
export const reconcileMachine: Reconcile<VirtualMachine> = (vm, context) => {
  const instance = context.find(instances, namespaceOf(vm), vm.metadata.name);
  if (isDeleting(vm)) return finish(vm, instance);
  return (
    addFinalizer(virtualMachines, vm, finalizer) ??
    makeDataVolume(vm, context) ??
    power(vm, instance, context) ??
    updateStatus(virtualMachines, vm, machineStatus(vm, instance, context))
  );
};

function finish(vm: VirtualMachine, instance?: VirtualMachineInstance): Write | undefined {
  if (instance) return remove(instances, instance);
  return hasFinalizer(vm, finalizer) ? removeFinalizer(virtualMachines, vm, finalizer) : undefined;
}

function makeDataVolume(vm: VirtualMachine, context: Context): Write | undefined {
  const { name, namespace } = vm.metadata;
  const missing = (vm.spec.dataVolumeTemplates ?? []).find(
    ({ metadata }) => !context.find(dataVolumes, namespace, metadata.name),
  );
  if (!missing) return undefined;
  return create(dataVolumes, {
    ...missing,
    metadata: {
      ...missing.metadata,
      ...(namespace !== undefined && { namespace }),
      labels: { "kubevirt.io/created-by": uidOf(vm), "vm.kubevirt.io/name": name },
      ownerReferences: [ownerOf(virtualMachines, vm)],
    },
  });
}

/** Starts or stops what the run strategy and the requests for it want (pkg/virt-controller/watch/vm/vm.go). */
function power(
  vm: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  context: Context,
): Write | undefined {
  const [request] = vm.status?.stateChangeRequests ?? [];
  if (instance) {
    if (isDeleting(instance)) return undefined;
    const strategy = runStrategyOf(vm.spec);
    const isUnwanted =
      strategy === "Halted" ||
      (instance.status?.phase === "Succeeded" &&
        (strategy === "Always" || strategy === "RerunOnFailure")) ||
      (request?.action === "Stop" && request.uid === uidOf(instance));
    return isUnwanted ? remove(instances, instance) : undefined;
  }
  if (request?.action === "Stop") return dropRequest(vm);
  if (!isWanted(vm, request?.action === "Start")) return undefined;
  return hasItsVolumes(vm, context) ? createInstance(vm) : undefined;
}

function isWanted(vm: VirtualMachine, isRequested: boolean): boolean {
  const strategy = runStrategyOf(vm.spec);
  switch (strategy) {
    case "Always":
    case "Once":
      return true;
    case "Halted":
      return false;
    case "Manual":
      return isRequested;
    case "RerunOnFailure":
      return isRequested || vm.status?.runStrategy !== strategy;
  }
}

function dropRequest(vm: VirtualMachine): Write | undefined {
  const [, ...stateChangeRequests] = vm.status?.stateChangeRequests ?? [];
  return updateStatus(virtualMachines, vm, { ...vm.status, stateChangeRequests });
}

function hasItsVolumes(vm: VirtualMachine, context: Context): boolean {
  return volumesOf(vm).every((volume) => {
    const claim = claimOf(volume);
    if (claim === undefined) return true;
    return context.find(claims, namespaceOf(vm), claim)?.status?.phase === "Bound";
  });
}

function createInstance(vm: VirtualMachine): Write {
  const { metadata, spec } = vm.spec.template;
  const { name, namespace } = vm.metadata;
  return create(instances, {
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: { ...metadata?.labels, "vm.kubevirt.io/name": name },
      finalizers: [instanceFinalizer],
      ownerReferences: [ownerOf(virtualMachines, vm)],
    },
    spec,
  });
}
