import { listed } from "../../common/listed";
import { nearestHint } from "../../common/nearest";
import { normalizeMac } from "../mac";
import type { Instance } from "../snapsetData";
import { roleOf } from "./identity";
import { trueCondition, type VmiView, type VmView } from "./objects";

/** Which machines of a namespace are meant. */
export interface WantedMachines {
  names: readonly string[] | null;
  /** A label selector, which the API has applied already. */
  selector: string | null;
}

/**
 * The machines of a capture, by name.
 *
 * @param found those that the selector finds; all of the namespace where names are given
 */
export function chooseMachines(
  { names, selector }: WantedMachines,
  found: readonly VmView[],
  namespace: string,
): { machines: VmView[]; problems: string[] } {
  const byName = new Map(found.map((vm) => [vm.metadata.name, vm]));
  if (names === null) {
    const machines = found.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));
    const none = `selector: there is no virtual machine ${selector ?? ""} in namespace ${namespace}`;
    return { machines, problems: machines.length === 0 ? [none] : [] };
  }
  const problems = names
    .filter((name) => !byName.has(name))
    .map((name) => {
      const hint = nearestHint(name, byName.keys());
      return `names: there is no virtual machine ${name} in namespace ${namespace}${hint}`;
    });
  const wanted = [...new Set(names)].flatMap((name) => byName.get(name) ?? []);
  return { machines: wanted, problems };
}

/** A machine as a member of a capture; the role is its label's. */
export function instanceOf(vm: VmView, vmi: VmiView | undefined): Instance {
  return {
    name: vm.metadata.name,
    uuid: vm.metadata.uid,
    role: roleOf(vm.metadata.labels) ?? "compute",
    macAddress: macsOf(vm, vmi)[0] ?? "",
    platform: "kubevirt",
  };
}

/**
 * A machine's MACs, as its specification says them; where it says none, those that it runs with: it
 * gets other ones at each start.
 */
export function macsOf(vm: VmView, vmi: VmiView | undefined): string[] {
  const running = new Map(vmi?.status?.interfaces?.map(({ name, mac }) => [name, mac]));
  const interfaces = vm.spec.template.spec.domain.devices.interfaces ?? [];
  return interfaces.flatMap(({ name, macAddress }) => {
    const mac = macAddress ?? running.get(name);
    return mac === undefined ? [] : [normalizeMac(mac) ?? mac];
  });
}

/** The run strategy; older machines say `running` in its place. */
export function runStrategyOf({ spec }: VmView): string {
  return spec.runStrategy ?? (spec.running === true ? "Always" : "Halted");
}

/**
 * Whether the guest has powered itself off, or failed, for good: with these strategies KubeVirt leaves
 * its instance as it ended (kubevirt `pkg/virt-controller/watch/vm/vm.go`, syncRunStrategy).
 */
export function isOver(vm: VmView, { status }: VmiView): boolean {
  const isFinal = status?.phase === "Succeeded" || status?.phase === "Failed";
  return isFinal && ["Manual", "Once"].includes(runStrategyOf(vm));
}

/** Whether the guest agent answers. */
export function hasAgent(vmi: VmiView): boolean {
  return trueCondition(vmi.status?.conditions, "AgentConnected") !== undefined;
}

/** Whether somebody has paused the machine: no agent answers in it. */
function isPaused(vmi: VmiView): boolean {
  return trueCondition(vmi.status?.conditions, "Paused") !== undefined;
}

/** Whether the guest's file systems take no writes, as the agent has last said. */
export function isFrozen(vmi: VmiView): boolean {
  return vmi.status?.fsFreezeStatus === "frozen";
}

/** What else is going on with a machine that a capture must not meet, as sentences. */
export function busyProblems({ metadata, status }: VmView, ownSnapshot: string): string[] {
  const what = `virtual machine ${metadata.name}`;
  const { snapshotInProgress, restoreInProgress } = status ?? {};
  return [
    ...(metadata.deletionTimestamp === undefined ? [] : [`${what} is being deleted`]),
    ...(snapshotInProgress === undefined || snapshotInProgress === ownSnapshot
      ? []
      : [`${what}: snapshot ${snapshotInProgress} of it is in progress; wait until it has ended`]),
    ...(restoreInProgress === undefined
      ? []
      : [`${what}: restore ${restoreInProgress} of it is in progress; wait until it has ended`]),
    ...(roleOf(metadata.labels) === undefined
      ? [
          `${what}: its label snapset/role is ${metadata.labels?.["snapset/role"] ?? ""}, which is no role`,
        ]
      : []),
  ];
}

/**
 * Machines that cannot be frozen, as one sentence: a capture of them all at one point needs the agent
 * in each that runs.
 */
export function freezeProblems(running: readonly VmiView[]): string[] {
  const paused = running.filter(isPaused);
  const frozen = running.filter(isFrozen);
  const agentless = running.filter((vmi) => !isPaused(vmi) && !hasAgent(vmi));
  const names = (vmis: readonly VmiView[]) => listed(vmis.map(({ metadata }) => metadata.name));
  return [
    ...(frozen.length === 0
      ? []
      : [
          `${names(frozen)}: frozen by somebody else, who may thaw it at any time; wait until it is thawed`,
        ]),
    ...(agentless.length === 0
      ? []
      : [
          `no guest agent answers in ${names(agentless)}, so their file systems cannot be frozen: ` +
            "install qemu-guest-agent there (`systemctl enable --now qemu-guest-agent`), or set " +
            "snapset:consistency to shutdown, or to crash for a best effort",
        ]),
    ...(paused.length === 0
      ? []
      : [`${names(paused)}: paused, so nothing can be frozen there; unpause or stop them`]),
  ];
}
