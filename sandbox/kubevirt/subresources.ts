import { ApiRefusal, notFound } from "./ApiRefusal";
import { hasCondition } from "./controller/conditions";
import type { Context, Write } from "./controller/context";
import { guestOs } from "./controller/instanceReconciler";
import { freezeGuest } from "./controller/quiescing";
import { runStrategyOf, withRunning } from "./controller/runStrategy";
import { isDeleting, uidOf } from "./controller/writes";
import { AgentError, type GuestMachine } from "./GuestMachine";
import { instances, virtualMachines } from "./resources";
import { goDuration } from "./times";
import type { StateChangeRequest, VirtualMachine, VirtualMachineInstance } from "./types";

/** A call of `subresources.kubevirt.io`. */
export interface SubresourceCall {
  method: string;
  namespace: string;
  /** `virtualmachines` or `virtualmachineinstances`. */
  plural: string;
  name: string;
  action: string;
  body: unknown;
}

/** What it comes to: a write to the API, by virt-api's own rights, and an answer. */
export interface SubresourceAnswer {
  status: number;
  body?: unknown;
  write?: Write;
}

type Handler = (call: SubresourceCall, context: Context) => SubresourceAnswer;

/** Plural and action, as the group's discovery lists them. */
export const subresourceNames = [
  "virtualmachines/start",
  "virtualmachines/stop",
  "virtualmachines/restart",
  "virtualmachineinstances/freeze",
  "virtualmachineinstances/unfreeze",
  "virtualmachineinstances/pause",
  "virtualmachineinstances/unpause",
  "virtualmachineinstances/guestosinfo",
] as const;

const handlers: Record<(typeof subresourceNames)[number], Handler> = {
  "virtualmachines/start": start,
  "virtualmachines/stop": stop,
  "virtualmachines/restart": restart,
  "virtualmachineinstances/freeze": freeze,
  "virtualmachineinstances/unfreeze": unfreeze,
  "virtualmachineinstances/pause": pause,
  "virtualmachineinstances/unpause": unpause,
  "virtualmachineinstances/guestosinfo": guestOsInfo,
};

/** virt-api (pkg/virt-api/rest/lifecycle.go). @throws {ApiRefusal} */
export function serveSubresource(call: SubresourceCall, context: Context): SubresourceAnswer {
  const key = `${call.plural}/${call.action}`;
  const handler = subresourceNames.find((name) => name === key);
  const isRead = call.action === "guestosinfo";
  if (!handler) {
    throw new ApiRefusal(404, "NotFound", "the server could not find the requested resource");
  }
  if (call.method !== (isRead ? "GET" : "PUT")) {
    const message = "the server does not allow this method on the requested resource";
    throw new ApiRefusal(405, "MethodNotAllowed", message);
  }
  return handlers[handler](call, context);
}

function start(call: SubresourceCall, context: Context): SubresourceAnswer {
  const vm = machineOf(call, context);
  const instance = context.find(instances, call.namespace, call.name);
  if (instance?.status?.phase === "Running") throw refused(call, "VM is already running");
  const strategy = runStrategyOf(vm.spec);
  if (strategy === "Halted") return { status: 202, write: switched(vm, true) };
  if (strategy === "Manual" || strategy === "RerunOnFailure") {
    const first: StateChangeRequest[] =
      instance?.status?.phase === "Succeeded" ? [{ action: "Stop", uid: uidOf(instance) }] : [];
    return { status: 202, write: requested(vm, [...first, { action: "Start" }]) };
  }
  throw refused(call, `${strategy} does not support manual start requests`);
}

function stop(call: SubresourceCall, context: Context): SubresourceAnswer {
  const vm = machineOf(call, context);
  const instance = context.find(instances, call.namespace, call.name);
  const strategy = runStrategyOf(vm.spec);
  if (strategy === "Always" || strategy === "Once")
    return { status: 202, write: switched(vm, false) };
  if (!instance || instance.status?.phase === "Succeeded") {
    throw refused(call, "VM is not running");
  }
  if (strategy === "Halted") {
    throw refused(call, "Halted only supports manual stop requests with a shorter graceperiod");
  }
  return { status: 202, write: requested(vm, [{ action: "Stop", uid: uidOf(instance) }]) };
}

function restart(call: SubresourceCall, context: Context): SubresourceAnswer {
  const vm = machineOf(call, context);
  const strategy = runStrategyOf(vm.spec);
  if (strategy === "Halted" || strategy === "Once") {
    throw refused(call, `RunStategy ${strategy} does not support manual restart requests`);
  }
  const instance = context.find(instances, call.namespace, call.name);
  if (!instance) throw refused(call, "VM is not running: Halted");
  const requests: StateChangeRequest[] = [
    { action: "Stop", uid: uidOf(instance) },
    { action: "Start" },
  ];
  return { status: 202, write: requested(vm, requests) };
}

function freeze(call: SubresourceCall, context: Context): SubresourceAnswer {
  const { guest } = runningOf(call, context, "VM is not running");
  const { unfreezeTimeout } = (call.body ?? {}) as { unfreezeTimeout?: string };
  if (unfreezeTimeout === undefined) {
    throw internal("Unfreeze timeout in freeze request is not set");
  }
  const timeoutMs = goDuration(unfreezeTimeout);
  if (timeoutMs === undefined) throw internal("failed to unmarshal unfreeze timeout");
  const problem = freezeGuest(guest, call.name, Math.floor(timeoutMs / 1000) * 1000, context);
  if (problem !== undefined) throw internal(problem);
  return { status: 200 };
}

function unfreeze(call: SubresourceCall, context: Context): SubresourceAnswer {
  const { guest } = runningOf(call, context);
  try {
    guest.thaw();
  } catch (error) {
    if (error instanceof AgentError) throw internal(error.message);
    throw error;
  }
  return { status: 200 };
}

function pause(call: SubresourceCall, context: Context): SubresourceAnswer {
  const { guest } = runningOf(call, context, "VM is not running");
  if (guest.isPaused) throw refused(call, "VMI is already paused");
  guest.isPaused = true;
  return { status: 200 };
}

function unpause(call: SubresourceCall, context: Context): SubresourceAnswer {
  const vm = context.find(virtualMachines, call.namespace, call.name);
  if (vm?.status?.snapshotInProgress !== undefined)
    throw refused(call, "VM snapshot is in progress");
  const { guest } = runningOf(call, context);
  if (!guest.isPaused) throw refused(call, "VMI is not paused");
  guest.isPaused = false;
  return { status: 200 };
}

function guestOsInfo(call: SubresourceCall, context: Context): SubresourceAnswer {
  const { instance } = runningOf(call, context);
  if (!hasCondition(instance.status?.conditions, "AgentConnected")) {
    throw refused(call, "VMI does not have guest agent connected");
  }
  const about = { apiVersion: "kubevirt.io/v1", kind: "VirtualMachineInstanceGuestAgentInfo" };
  const fsFreezeStatus = instance.status?.fsFreezeStatus;
  const info = {
    ...about,
    metadata: {},
    guestAgentVersion: "9.0.0",
    hostname: call.name,
    os: guestOs,
    ...(fsFreezeStatus !== undefined && { fsFreezeStatus }),
  };
  return { status: 200, body: info };
}

function machineOf({ namespace, name }: SubresourceCall, context: Context): VirtualMachine {
  const vm = context.find(virtualMachines, namespace, name);
  if (!vm) throw notFound({ ...virtualMachines, plural: "virtualmachine" }, name);
  return vm;
}

function runningOf(
  call: SubresourceCall,
  context: Context,
  message = "VMI is not running",
): { instance: VirtualMachineInstance; guest: GuestMachine } {
  const instance = context.find(instances, call.namespace, call.name);
  if (!instance) throw notFound({ ...instances, plural: "virtualmachineinstance" }, call.name);
  const guest = context.guests.get(uidOf(instance));
  if (instance.status?.phase !== "Running" || !guest || isDeleting(instance)) {
    throw refused(call, message);
  }
  return { instance, guest };
}

function switched(vm: VirtualMachine, isRunning: boolean): Write {
  const object = { ...vm, spec: withRunning(vm.spec, isRunning) };
  return { verb: "update", type: virtualMachines, object };
}

function requested(vm: VirtualMachine, stateChangeRequests: StateChangeRequest[]): Write {
  const object = { ...vm, status: { ...vm.status, stateChangeRequests } };
  return { verb: "updateStatus", type: virtualMachines, object };
}

/** A conflict as virt-api names it: the resource in the singular. */
function refused({ plural, name }: SubresourceCall, why: string): ApiRefusal {
  const singular = plural.replace(/s$/, "");
  const message = `Operation cannot be fulfilled on ${singular}.kubevirt.io "${name}": ${why}`;
  return new ApiRefusal(409, "Conflict", message);
}

function internal(message: string): ApiRefusal {
  return new ApiRefusal(500, "InternalError", `Internal error occurred: ${message}`);
}
