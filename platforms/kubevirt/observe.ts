import { listed } from "../../common/listed";
import { counted } from "../../common/counted";
import type { VirtualMachine, VirtualMachineInstance } from "../../kubevirt";
import type { CapturedMember } from "../../snapset/capture/member";
import type { CaptureProgress } from "../../snapset/capture/progress";
import type { Journal } from "../../snapset/capture/journal";
import { partialFindings } from "../../snapset/kubevirt/disks";
import { busyProblems, freezeProblems, macsOf } from "../../snapset/kubevirt/machines";
import { nameProblems, snapshotNameOf } from "../../snapset/kubevirt/names";
import type { ManifestMember } from "../../snapset/manifest";
import type { Instance } from "../../snapset/snapsetData";
import type { CaptureInputs } from "../capture/types";
import type { Adopted, CaptureRun, Observed } from "../platform";
import { adoptSnapshots } from "./adopt";
import { captureMachines } from "./capture";
import type { KubeVirtContext } from "./context";
import { hasEnded, observeMachines, observeRunning, type Machines } from "./machines";
import { stopMachines, toBeStopped } from "./stop";
import { verifySnapshots } from "./verify";

/** One virtual machine of a capture, found. */
export interface Machine extends CapturedMember {
  vm: VirtualMachine;
  /** Undefined while it is off. */
  vmi: VirtualMachineInstance | undefined;
}

/** Finds the machines of a capture, and everything about them that is known to fail. */
export async function findMachines(
  inputs: CaptureInputs,
  instances: readonly Instance[],
  own: Journal | undefined,
  context: KubeVirtContext,
): Promise<Observed> {
  const found = await observeRunning(context);
  const machines = instances.flatMap((instance) => machineOf(instance, found, inputs, context));
  const gone = instances.filter((it) => !machines.some(({ instance }) => instance === it));
  const partial = partialFindings(
    machines.map(({ vm }) => vm),
    context.settings.acceptPartial,
  );
  const running = machines.flatMap(({ vmi }) => vmi ?? []);
  // Of a capture that was interrupted some are at rest already, or frozen.
  const isToFreeze = inputs.consistency === "quiesce" && own === undefined;
  const problems = [
    ...gone.map(goneProblem),
    ...machines.flatMap(({ vm }) => [
      ...nameProblems(vm.metadata.name, inputs.snapId),
      ...busyProblems(vm, snapshotNameOf(vm.metadata.name, inputs.snapId)),
    ]),
    ...partial.problems,
    ...(isToFreeze ? freezeProblems(running) : []),
  ];
  return new ObservedMachines(machines, problems, partial.warnings, inputs, context);
}

function machineOf(
  instance: Instance,
  { vms, vmis }: Machines,
  { snapId, environmentName, instances }: CaptureInputs,
  { kubevirt }: KubeVirtContext,
): Machine[] {
  const vm = vms.get(instance.name);
  if (vm?.metadata.uid !== instance.uuid) return [];
  const vmi = vmis.get(instance.name);
  const identity = {
    snapId,
    environment: environmentName,
    member: instance.name,
    role: instance.role,
    macAddresses: macsOf(vm, vmi),
    members: instances.length,
    capturedAt: kubevirt.now(),
  };
  return [{ instance, identity, vm, vmi }];
}

function goneProblem({ name, uuid }: Instance): string {
  return `virtual machine ${name} (uid ${uuid}) is gone; one that has its name is another one`;
}

function outcome({ stop, seconds }: CaptureProgress["stopped"][string]): string {
  return seconds === null ? `(${stop})` : `(${stop}, ${seconds.toFixed(0)} s)`;
}

class ObservedMachines implements Observed {
  readonly things: string;
  /** Absent where machines are captured while they run. */
  readonly quiesce?: (run: CaptureRun) => Promise<string>;

  constructor(
    readonly members: readonly Machine[],
    readonly problems: readonly string[],
    readonly warnings: readonly string[],
    inputs: CaptureInputs,
    private readonly context: KubeVirtContext,
  ) {
    this.things = counted(members.length, "virtual machine");
    if (inputs.consistency === "shutdown") this.quiesce = (run) => this.stop(run);
  }

  adopt(run: CaptureRun): Promise<Adopted> {
    return adoptSnapshots(this.members, run, this.context);
  }

  capture(run: CaptureRun): Promise<string> {
    return captureMachines(this.members, run, this.context);
  }

  verify(run: CaptureRun): Promise<ManifestMember[]> {
    return verifySnapshots(this.members, run, this.context);
  }

  /** Who is stopped stands in the journal before it is told to. */
  private async stop({ inputs, journal }: CaptureRun): Promise<string> {
    const { stopped } = journal.progress;
    const machines = await observeMachines(this.context);
    const names = this.members
      .map(({ instance }) => instance.name)
      .filter((name) => !hasEnded(name, machines));
    for (const name of toBeStopped(names, machines)) {
      stopped[name] ??= { stop: "stopped", seconds: null };
    }
    await journal.save();
    const evidence = await stopMachines(names, inputs.deadlines.stop, this.context, (name, how) => {
      stopped[name] = how;
    });
    await journal.save();
    const told = Object.entries(stopped).map(([name, how]) => `${name} ${outcome(how)}`);
    return told.length === 0 ? evidence : `${evidence}; stopped: ${listed(told)}`;
  }
}
