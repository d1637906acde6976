import { trueCondition, conditionWords, type VmContentView, type VmSnapshotView } from "./objects";

/** What has become of a snapshot. */
export type SnapshotState =
  /** Under way, with what is seen of it. */
  | { state: "pending"; seen: string }
  /** Whole: its data can be restored. */
  | { state: "ready" }
  /** It will not become whole any more. */
  | { state: "failed"; reason: string };

/**
 * Judges a snapshot by its status. `Succeeded` alone says that the volumes' snapshots are cut;
 * only `readyToUse` that they are whole (kubevirt `pkg/storage/snapshot/snapshot.go`,
 * updateSnapshotStatus). An error is the last one met: the controller tries again until the
 * snapshot's own deadline.
 */
export function judgeSnapshot(snapshot: VmSnapshotView): SnapshotState {
  const { metadata, status = {} } = snapshot;
  const seen = describeSnapshot(snapshot);
  if (metadata.deletionTimestamp !== undefined || status.phase === "Deleting") {
    return { state: "failed", reason: `somebody deletes it (${seen})` };
  }
  if (status.phase === "Failed" || trueCondition(status.conditions, "Failure") !== undefined) {
    return { state: "failed", reason: seen };
  }
  if (status.phase === "Succeeded" && status.readyToUse === true) return { state: "ready" };
  return { state: "pending", seen };
}

/** `InProgress, error: …, Progressing True (…)`; `no status yet` before the controller has seen it. */
export function describeSnapshot({ status }: VmSnapshotView): string {
  if (status?.phase === undefined || status.phase === "") return "no status yet";
  const isUnready = status.phase === "Succeeded" && status.readyToUse !== true;
  const error = status.error?.message;
  const conditions = conditionWords(status.conditions);
  return [
    isUnready ? "Succeeded, but not ready to use" : status.phase,
    ...(error === undefined ? [] : [`error: ${error}`]),
    ...(conditions === "" ? [] : [conditions]),
  ].join(", ");
}

/** When the volumes' snapshots were cut; undefined before that. */
export function cutAt({ status }: VmSnapshotView): string | undefined {
  return status?.creationTime ?? undefined;
}

/** What KubeVirt says that a snapshot is worth, in its own words, newer and older fields together. */
export function indicationsOf({ status }: VmSnapshotView): string[] {
  const newer = status?.sourceIndications?.map(({ indication }) => indication) ?? [];
  return [...new Set([...(status?.indications ?? []), ...newer])].toSorted();
}

/** What is known of a machine that decides whether its snapshot is as it must be. */
export interface Expected {
  /** Of the machine. */
  uid: string;
  /** Disks whose data must be in it. */
  disks: readonly string[];
}

/**
 * Why a snapshot is not what a set needs, as sentences; empty when it is.
 *
 * @param contents all of the namespace: the one that it names must name it, and no other may
 */
export function snapshotDefects(
  snapshot: VmSnapshotView,
  contents: readonly VmContentView[],
  { uid, disks }: Expected,
): string[] {
  const judged = judgeSnapshot(snapshot);
  if (judged.state === "pending") return [judged.seen];
  if (judged.state === "failed") return [judged.reason];
  const { sourceUID } = snapshot.status ?? {};
  const bound = boundContent(snapshot, contents);
  return [
    ...(sourceUID === uid
      ? []
      : [`it is of the machine with uid ${sourceUID ?? "(none)"}, not ${uid}`]),
    ...("problem" in bound ? [bound.problem] : contentDefects(bound.content, disks)),
  ];
}

/** The one content that belongs to a snapshot: each names the other, and no second one does. */
export function boundContent(
  { metadata, status }: VmSnapshotView,
  contents: readonly VmContentView[],
): { content: VmContentView } | { problem: string } {
  const named = status?.virtualMachineSnapshotContentName;
  if (named === undefined) return { problem: "it names no VirtualMachineSnapshotContent" };
  const content = contents.find((it) => it.metadata.name === named);
  if (content === undefined)
    return { problem: `its VirtualMachineSnapshotContent ${named} is gone` };
  const owner = content.spec.virtualMachineSnapshotName;
  if (owner !== metadata.name) {
    return { problem: `its content ${named} belongs to snapshot ${owner ?? "(none)"}` };
  }
  const others = contents.filter(
    (it) => it !== content && it.spec.virtualMachineSnapshotName === metadata.name,
  );
  return others.length === 0
    ? { content }
    : { problem: `contents ${others.map((it) => it.metadata.name).join(", ")} claim it, too` };
}

function contentDefects(content: VmContentView, disks: readonly string[]): string[] {
  const { metadata, spec, status } = content;
  const backups = new Map(spec.volumeBackups?.map((it) => [it.volumeName, it]));
  const missing = disks.filter((disk) => backups.get(disk)?.volumeSnapshotName === undefined);
  const error = status?.error?.message;
  return [
    ...(status?.readyToUse === true
      ? []
      : [
          `its content ${metadata.name} is not ready to use${error === undefined ? "" : `: ${error}`}`,
        ]),
    ...(spec.source.virtualMachine === undefined
      ? [`its content ${metadata.name} holds no copy of the machine`]
      : []),
    ...missing.map((disk) => `its content ${metadata.name} has no snapshot of disk ${disk}`),
  ];
}
