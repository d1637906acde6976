import type {
  VirtualMachine,
  VirtualMachineRestore,
  VirtualMachineSnapshot,
  VirtualMachineSnapshotContent,
} from "../../../kubevirt";
import { boundContent, describeSnapshot, judgeSnapshot } from "../../../snapset/kubevirt/judge";
import { restoreNameOf } from "../../../snapset/kubevirt/names";
import {
  claimProblems,
  isMadeBy,
  isOurRestore,
  judgeRestore,
  targetProblems,
  type RestoreTarget,
} from "../../../snapset/kubevirt/restorePlan";
import type { RestoreMember, RestoreOrder } from "../../../snapset/restoreOrder";
import type { KubeVirtContext } from "../context";
import { byName, observeMachines, type Machines } from "../machines";

/** One machine that is to be at a set, with everything that is there of it. */
export interface Target {
  plan: RestoreTarget;
  /** The machine as it was captured. */
  source: Pick<VirtualMachine, "metadata" | "spec">;
  /** The machine of that name, if there is one. */
  machine: VirtualMachine | undefined;
  isRunning: boolean;
  /** Whether an earlier restore of ours has made the machine beside the one that was captured. */
  isOurs: boolean;
  /** The name of its VirtualMachineRestore. */
  restoreName: string;
  /** What an interrupted run has left of it. */
  restore: VirtualMachineRestore | undefined;
}

export interface Targets {
  all: readonly Target[];
  /** All of the namespace. */
  restores: readonly VirtualMachineRestore[];
  problems: string[];
}

/** Everything in the cluster that a restore depends on, in one list call of each kind. */
interface Seen extends Machines {
  snapshots: ReadonlyMap<string, VirtualMachineSnapshot>;
  contents: readonly VirtualMachineSnapshotContent[];
  restores: readonly VirtualMachineRestore[];
}

/** Looks at the set's snapshots and at the machines that are to be restored. */
export async function observeTargets(
  order: RestoreOrder,
  context: KubeVirtContext,
): Promise<Targets> {
  const { kubevirt } = context;
  const [machines, snapshots, contents, restores] = await Promise.all([
    observeMachines(context),
    kubevirt.listSnapshots(),
    kubevirt.listContents(),
    kubevirt.listRestores(),
  ]);
  const byUid = new Map(snapshots.map((it) => [it.metadata.uid, it]));
  const seen = { ...machines, snapshots: byUid, contents, restores };
  const judged = order.members.map((member) => targetOf(member, order, seen, context));
  const all = judged.flatMap((it) => ("target" in it ? [it.target] : []));
  return {
    all,
    restores,
    problems: [
      ...judged.flatMap((it) => ("problems" in it ? it.problems : [])),
      ...readinessProblems(all, order),
    ],
  };
}

type Judged = { target: Target } | { problems: string[] };

function targetOf(
  member: RestoreMember,
  order: RestoreOrder,
  seen: Seen,
  { settings }: KubeVirtContext,
): Judged {
  const found = contentOf(member, seen);
  if ("problem" in found) return { problems: [`member ${member.name}: ${found.problem}`] };
  const { snapshot, content, source } = found;
  const { target: name } = member;
  const restoreName = restoreNameOf(name, order);
  const plan = {
    member: member.name,
    target: name,
    snapshotName: snapshot.metadata.name,
    macAddresses: settings.targets[member.name]?.macAddresses ?? {},
  };
  const machine = seen.vms.get(name);
  const isOther = machine?.metadata.uid !== snapshot.status?.sourceUID;
  const isOurs =
    machine !== undefined &&
    isOther &&
    seen.restores.some((it) => isOurRestore(it) && isMadeBy(machine, it));
  const own = byName(seen.restores).get(restoreName);
  const restore = own !== undefined && goesOn(own, machine, order) ? own : undefined;
  const problems = [
    ...targetProblems(plan, content, machine, { isOther, isOurs }, seen.restores, restoreName),
    ...(restore === undefined ? claimProblems(plan, machine, settings.volumeRestorePolicy) : []),
  ];
  if (problems.length > 0) return { problems };
  return {
    target: { plan, source, machine, isRunning: seen.vmis.has(name), isOurs, restoreName, restore },
  };
}

/**
 * Whether a restore that is there is this one, under way or done. One that has failed is made anew; one
 * that was complete before this began is of another time: the same set is asked for once more. So is
 * one after which the machine has been restored to something else.
 */
function goesOn(
  own: VirtualMachineRestore,
  machine: VirtualMachine | undefined,
  { isInterrupted }: RestoreOrder,
): boolean {
  const { state } = judgeRestore(own);
  const isLast = machine !== undefined && isMadeBy(machine, own);
  return state === "pending" || (state === "complete" && isInterrupted && isLast);
}

function contentOf({ imageId, virtualMachine }: RestoreMember, { snapshots, contents }: Seen) {
  const snapshot = snapshots.get(imageId);
  if (snapshot === undefined) {
    return { problem: `its VirtualMachineSnapshot (uid ${imageId}) is gone` };
  }
  const what = `VirtualMachineSnapshot ${snapshot.metadata.name}`;
  if (judgeSnapshot(snapshot).state !== "ready") {
    return { problem: `${what}: ${describeSnapshot(snapshot)}` };
  }
  const bound = boundContent(snapshot, contents);
  if ("problem" in bound) return { problem: `${what}: ${bound.problem}` };
  const { content } = bound;
  const source = content.spec.source.virtualMachine;
  if (source === undefined) return { problem: `${what}: its content holds no copy of the machine` };
  const captured = virtualMachine?.contentName ?? content.metadata.name;
  return content.metadata.name === captured
    ? { snapshot, content, source }
    : { problem: `${what} is bound to another content than at the capture (${captured})` };
}

function readinessProblems(all: readonly Target[], { readiness }: RestoreOrder): string[] {
  const running = all.filter((it) => it.isRunning && it.restore === undefined && !it.isOurs);
  if (readiness.policy !== "FailImmediate" || running.length === 0) return [];
  const names = running.map(({ plan }) => plan.target).join(", ");
  return [
    `${names} must be powered off, as snapset:restore.targetReadiness is FailImmediate: stop them, ` +
      "or let StopTarget do it",
  ];
}
