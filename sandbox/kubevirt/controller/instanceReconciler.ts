import { omit } from "../../world/omit";
import { GuestMachine } from "../GuestMachine";
import { claims, instances } from "../resources";
import type { Files } from "../disks";
import type { InstanceStatus, VirtualMachineInstance } from "../types";
import { withCondition, withoutCondition } from "./conditions";
import type { Context, Reconcile, Write } from "./context";
import { instanceFinalizer } from "./machineReconciler";
import { claimOf } from "./volumes";
import {
  createdAtMs,
  isDeleting,
  namespaceOf,
  removeFinalizer,
  uidOf,
  updateStatus,
} from "./writes";

/** virt-handler: boots an instance's guest, reports what it is like, and has it stop. */
export const reconcileInstance: Reconcile<VirtualMachineInstance> = (instance, context) => {
  if (isDeleting(instance)) return stop(instance, context);
  if (instance.status?.phase === "Succeeded") return undefined;
  const guest = context.guests.get(uidOf(instance));
  if (guest && context.faults.has("guestPowersOff", instance.metadata.name)) {
    guest.sync();
    context.guests.delete(uidOf(instance));
    return updateStatus(instances, instance, { phase: "Succeeded", conditions: [] });
  }
  const bootedAtMs = createdAtMs(instance) + context.times.bootMs;
  if (!guest && !context.isDue(bootedAtMs)) {
    const phase = instance.status?.phase ?? "Scheduling";
    return updateStatus(instances, instance, { ...instance.status, phase });
  }
  const running = guest ?? boot(instance, context);
  if (running.thawAtMs !== undefined && context.isDue(running.thawAtMs)) {
    running.thawWhenDue(context.nowMs);
  }
  return updateStatus(instances, instance, report(instance, running, context));
};

function boot(instance: VirtualMachineInstance, context: Context): GuestMachine {
  const disks: Record<string, Files> = {};
  for (const volume of instance.spec.volumes ?? []) {
    const name = claimOf(volume);
    const claim =
      name === undefined ? undefined : context.find(claims, namespaceOf(instance), name);
    disks[volume.name] = claim ? context.disks.volume(uidOf(claim)) : {};
  }
  const guest = new GuestMachine(disks, context.nowMs);
  context.guests.set(uidOf(instance), guest);
  return guest;
}

function stop(instance: VirtualMachineInstance, context: Context): Write | undefined {
  if (context.faults.has("neverStops", instance.metadata.name)) return undefined;
  const toldAtMs = Date.parse(instance.metadata.deletionTimestamp ?? "");
  if (!context.isDue(toldAtMs + context.times.stopMs)) return undefined;
  context.guests.get(uidOf(instance))?.sync();
  context.guests.delete(uidOf(instance));
  return removeFinalizer(instances, instance, instanceFinalizer);
}

function report(
  instance: VirtualMachineInstance,
  guest: GuestMachine,
  context: Context,
): InstanceStatus {
  const { nowMs, times } = context;
  const old: InstanceStatus = omit(instance.status ?? {}, "fsFreezeStatus", "guestOSInfo");
  const ready = { type: "Ready", status: "True" } as const;
  const isConnected = guest.hasAgent && context.isDue(guest.bootedAtMs + times.agentMs);
  const base = withCondition(old.conditions, ready, nowMs);
  const agent = isConnected
    ? withCondition(base, { type: "AgentConnected", status: "True" }, nowMs)
    : withoutCondition(base, "AgentConnected");
  const paused = { type: "Paused", status: "True", reason: "PausedByUser" } as const;
  return {
    ...old,
    phase: "Running",
    nodeName: "worker-0",
    conditions: guest.isPaused
      ? withCondition(agent, { ...paused, message: "VMI was paused by user" }, nowMs)
      : withoutCondition(agent, "Paused"),
    ...(isConnected && { guestOSInfo: guestOs }),
    // It is empty when thawed (pkg/virt-handler/vm.go).
    ...(isConnected && guest.isFrozen && { fsFreezeStatus: "frozen" }),
  };
}

/** What the agent says of the guest's operating system. */
export const guestOs = {
  id: "centos",
  name: "CentOS Stream",
  prettyName: "CentOS Stream 9",
  version: "9",
  versionId: "9",
  kernelRelease: "5.14.0-503.el9.x86_64",
  machine: "x86_64",
};
