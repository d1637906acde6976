import { omit } from "../../world/omit";
import { instances, restores, virtualMachines } from "../resources";
import { rfc3339 } from "../times";
import type { VirtualMachine, VmRestore } from "../types";
import { hasCondition, withCondition } from "./conditions";
import type { Context, Reconcile, Write } from "./context";
import { removeObsolete, restoreMachine } from "./restoredMachine";
import { restoreVolumes } from "./restoredVolumes";
import { runStrategyOf, withRunning } from "./runStrategy";
import {
  isRestoredBy,
  RestoreProblem,
  sourceOfRestore,
  type Restoration,
  type Step,
} from "./restoreSource";
import {
  addFinalizer,
  createdAtMs,
  isDeleting,
  namespaceOf,
  ownerOf,
  removeFinalizer,
  uidOf,
  update,
  updateStatus,
} from "./writes";

const finalizer = "snapshot.kubevirt.io/vmrestore-protection";
const minuteMs = 60_000;

/** A VirtualMachineRestore (pkg/storage/snapshot/restore.go, updateVMRestore). */
export const reconcileRestore: Reconcile<VmRestore> = (restore, context) => {
  if (!restore.status) return initialize(restore, context);
  const vm = context.find(virtualMachines, namespaceOf(restore), restore.spec.target.name);
  if (isDeleting(restore)) return finish(restore, vm, context);
  if (restore.status.complete === true || hasCondition(restore.status.conditions, "Failure")) {
    return undefined;
  }
  const owned = own(restore, vm) ?? addFinalizer(restores, restore, finalizer);
  if (owned) return owned;
  try {
    const next = waitForTarget(restore, vm, context) ?? proceed(restore, vm, context);
    return next === "stop" ? undefined : next;
  } catch (error) {
    if (!(error instanceof RestoreProblem)) throw error;
    return report(restore, error.message, context);
  }
};

/** The next write; "stop" when nothing is to be done until something changes. */
type Next = Write | "stop" | undefined;

function initialize(restore: VmRestore, context: Context): Write | undefined {
  const begun = { ...restore, status: { complete: false } };
  const reason = "Initializing VirtualMachineRestore";
  const status = { complete: false, conditions: conditions(begun, true, reason, reason, context) };
  return updateStatus(restores, restore, status);
}

function own(restore: VmRestore, vm: VirtualMachine | undefined): Write | undefined {
  if (!vm || (restore.metadata.ownerReferences ?? []).length > 0) return undefined;
  const metadata = { ...restore.metadata, ownerReferences: [ownerOf(virtualMachines, vm)] };
  return update(restores, restore, { metadata });
}

/** Nothing is restored while there is an instance. */
function waitForTarget(restore: VmRestore, vm: VirtualMachine | undefined, context: Context): Next {
  const instance = vm && context.find(instances, namespaceOf(vm), vm.metadata.name);
  if (!vm || !instance) return undefined;
  const { targetReadinessPolicy = "WaitGracePeriod" } = restore.spec;
  const { gracePeriodMs } = context.times;
  const limit = `${gracePeriodMs / minuteMs}m0s`;
  const please = "Please stop the restore target to proceed with restore";
  const waiting = "Waiting for target VM to be powered off.";
  switch (targetReadinessPolicy) {
    case "WaitEventually":
      return report(restore, `${waiting} ${please}`, context) ?? "stop";
    case "FailImmediate":
      return fail(
        restore,
        "Restore target VMI must be powered off before restore operation",
        context,
      );
    case "StopTarget":
      return (
        report(restore, "Automatically stopping restore target for restore operation", context) ??
        stopTarget(vm, uidOf(instance)) ??
        "stop"
      );
    case "WaitGracePeriod":
      if (context.isDue(createdAtMs(restore) + gracePeriodMs + 1)) {
        const message = `Restore target failed to be ready within ${limit}. Please power off the target VM before attempting restore`;
        return fail(restore, message, context);
      }
      return (
        report(
          restore,
          `${waiting} ${please}, or the operation will fail after ${limit}`,
          context,
        ) ?? "stop"
      );
  }
}

function stopTarget(vm: VirtualMachine, uid: string): Write | undefined {
  const strategy = runStrategyOf(vm.spec);
  if (strategy === "Always" || strategy === "Once") {
    return update(virtualMachines, vm, { spec: withRunning(vm.spec, false) });
  }
  if (strategy === "Halted" || (vm.status?.stateChangeRequests ?? []).length > 0) return undefined;
  const status = { ...vm.status, stateChangeRequests: [{ action: "Stop" as const, uid }] };
  return updateStatus(virtualMachines, vm, status);
}

function proceed(restore: VmRestore, vm: VirtualMachine | undefined, context: Context): Next {
  const restoration: Restoration = { restore, vm, ...sourceOfRestore(restore, vm, context) };
  return (
    markTarget(restoration) ??
    step(restoration, restoreVolumes, ["Creating new PVCs", "Waiting for new PVCs"], context) ??
    step(
      restoration,
      restoreMachine,
      ["Updating target spec", "Waiting for target update"],
      context,
    ) ??
    removeObsolete(restoration, context) ??
    unmarkTarget(restoration.restore, vm) ??
    complete(restore, context)
  );
}

/** Does a step of a restore; undefined when it has been done. */
function step(
  restoration: Restoration,
  act: (restoration: Restoration, context: Context) => Step,
  [progress, ready]: [string, string],
  context: Context,
): Next {
  const { restore } = restoration;
  const result = act(restoration, context);
  if (result === "done") return undefined;
  if (result !== "waiting" && "write" in result) return result.write;
  const status = result === "waiting" ? restore.status : result.status;
  const set = conditions({ ...restore, ...(status && { status }) }, true, progress, ready, context);
  return updateStatus(restores, restore, { ...status, conditions: set }) ?? "stop";
}

function markTarget({ restore, vm }: Restoration): Write | undefined {
  if (!vm || isRestoredBy(restore, vm)) return undefined;
  const { restoreInProgress } = vm.status ?? {};
  if (restoreInProgress === restore.metadata.name) return undefined;
  if (restoreInProgress !== undefined) {
    throw new RestoreProblem(`vm restore ${restoreInProgress} in progress`);
  }
  const status = { ...vm.status, restoreInProgress: restore.metadata.name };
  return updateStatus(virtualMachines, vm, status);
}

function unmarkTarget(restore: VmRestore, vm: VirtualMachine | undefined): Write | undefined {
  if (!vm || vm.status?.restoreInProgress !== restore.metadata.name) return undefined;
  return updateStatus(virtualMachines, vm, omit(vm.status, "restoreInProgress"));
}

function complete(restore: VmRestore, context: Context): Write | undefined {
  const done = "Operation complete";
  const set = conditions(restore, false, done, done, context);
  return updateStatus(restores, restore, {
    ...restore.status,
    complete: true,
    restoreTime: rfc3339(context.nowMs),
    conditions: withCondition(set, { type: "Ready", status: "True", reason: done }, context.nowMs),
  });
}

function finish(
  restore: VmRestore,
  vm: VirtualMachine | undefined,
  context: Context,
): Write | undefined {
  const freed = unmarkTarget(restore, vm) ?? report(restore, "VM restore is deleting", context);
  return freed ?? removeFinalizer(restores, restore, finalizer);
}

/** Says why it does not go on; it goes on when that changes. */
function report(restore: VmRestore, reason: string, context: Context): Write | undefined {
  const set = conditions(restore, false, reason, reason, context);
  return updateStatus(restores, restore, { ...restore.status, conditions: set });
}

function fail(restore: VmRestore, reason: string, context: Context): Write | undefined {
  const set = conditions(restore, false, reason, reason, context);
  const failure = { type: "Failure", status: "True", reason } as const;
  const all = withCondition(set, failure, context.nowMs);
  return updateStatus(restores, restore, { ...restore.status, conditions: all });
}

/** A restore's conditions while it is not ready. */
function conditions(
  { status }: VmRestore,
  isProgressing: boolean,
  progress: string,
  ready: string,
  { nowMs }: Context,
) {
  const going = isProgressing ? "True" : "False";
  const set = withCondition(
    status?.conditions,
    { type: "Progressing", status: going, reason: progress },
    nowMs,
  );
  return withCondition(set, { type: "Ready", status: "False", reason: ready }, nowMs);
}
