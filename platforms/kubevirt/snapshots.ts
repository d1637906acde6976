import type { VirtualMachineSnapshot } from "../../kubevirt";
import {
  annotationsOf,
  isSnapshotOf,
  labelsOf,
  snapIdLabel,
} from "../../snapset/kubevirt/identity";
import { cutAt, describeSnapshot, judgeSnapshot } from "../../snapset/kubevirt/judge";
import { snapshotNameOf } from "../../snapset/kubevirt/names";
import type { VmView } from "../../snapset/kubevirt/objects";
import type { MemberIdentity } from "../../snapset/identity";
import { CaptureFailure } from "../capture/failure";
import type { CaptureInputs } from "../capture/types";
import type { KubeVirtContext } from "./context";
import { waitForAll } from "./machines";

/** Snapshots by the name of their machine. */
export type Snapshots = ReadonlyMap<string, VirtualMachineSnapshot>;

/** The snapshots that a set has of some machines, finished or not, from one list call. */
export async function observeSnapshots(
  snapId: string,
  machines: readonly string[],
  { kubevirt }: Pick<KubeVirtContext, "kubevirt">,
): Promise<Snapshots> {
  const found = await kubevirt.listSnapshots(`${snapIdLabel}=${snapId}`);
  return new Map(
    machines.flatMap((name) => {
      const own = found.find((snapshot) => isSnapshotOf(snapshot, name, snapId));
      return own === undefined ? [] : [[name, own] as const];
    }),
  );
}

/**
 * Asks for a machine's snapshot; what it is stands on it from its first moment.
 *
 * @throws {CaptureFailure} when somebody else has one of that name
 */
export async function createSnapshot(
  identity: MemberIdentity,
  vm: VmView,
  { deletionPolicy }: Pick<CaptureInputs, "deletionPolicy">,
  { kubevirt, settings }: KubeVirtContext,
): Promise<void> {
  const { snapId, member } = identity;
  const name = snapshotNameOf(member, snapId);
  const { description, failureDeadline } = settings;
  const { generation = 0 } = vm.metadata;
  const made = await kubevirt.createSnapshot({
    metadata: {
      name,
      labels: labelsOf(identity),
      annotations: annotationsOf({ ...identity, machine: member, description, generation }),
    },
    spec: {
      source: { apiGroup: "kubevirt.io", kind: "VirtualMachine", name: member },
      deletionPolicy,
      failureDeadline: `${Math.ceil(failureDeadline / 1000)}s`,
    },
  });
  if (isSnapshotOf(made, member, snapId)) return;
  throw new CaptureFailure(
    `VirtualMachineSnapshot ${name} is there already and not of this set: delete or rename it`,
  );
}

/** Waits for snapshots together; each tick costs one list call. */
interface SnapshotWait {
  snapId: string;
  machines: readonly string[];
  /** `cut`: their volumes' snapshots are taken; `ready`: they are whole. */
  until: "cut" | "ready";
  deadlineMs: number;
}

/**
 * Waits until all are cut, or ready; or until the first has failed where they are to be cut, and all
 * others have ended where they are to be ready.
 *
 * @throws {CaptureFailure} naming every machine whose snapshot failed, and why
 * @throws {TimeoutError} naming what was seen last of those that did not end
 */
export async function waitForSnapshots(
  { snapId, machines, until, deadlineMs }: SnapshotWait,
  context: KubeVirtContext,
): Promise<Snapshots> {
  const isCut = until === "cut";
  const seen = await waitForAll(
    {
      what: `the snapshots of set ${snapId} to be ${until}`,
      phase: "snapshots",
      observe: () => observeSnapshots(snapId, machines, context),
      missing: (snapshots) => {
        if (isCut && failuresOf(machines, snapshots).length > 0) return [];
        return machines.flatMap((name) => pending(name, snapshots.get(name), isCut));
      },
      deadlineMs,
      intervalMs: isCut ? 250 : 500,
    },
    context,
  );
  const failures = failuresOf(machines, seen);
  if (failures.length > 0) throw new CaptureFailure(failures.join("\n"));
  return seen;
}

function pending(
  name: string,
  snapshot: VirtualMachineSnapshot | undefined,
  isCut: boolean,
): string[] {
  if (snapshot === undefined) return [];
  const isDone = isCut
    ? cutAt(snapshot) !== undefined
    : judgeSnapshot(snapshot).state !== "pending";
  return isDone ? [] : [`${name}: ${describeSnapshot(snapshot)}`];
}

function failuresOf(machines: readonly string[], snapshots: Snapshots): string[] {
  return machines.flatMap((name) => {
    const snapshot = snapshots.get(name);
    if (snapshot === undefined)
      return [`snapshot of ${name} failed: it was deleted during the capture`];
    const judged = judgeSnapshot(snapshot);
    return judged.state === "failed" ? [`snapshot of ${name} failed: ${judged.reason}`] : [];
  });
}
