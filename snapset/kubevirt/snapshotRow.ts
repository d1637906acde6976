import { descriptionOf, snapIdLabel } from "./identity";
import { cutAt, indicationsOf, judgeSnapshot } from "./judge";
import type { VmSnapshotView } from "./objects";

/** One snapshot of a machine as the command shows it, and as `--json` prints it. */
export interface SnapshotRow {
  name: string;
  machine: string;
  /** Null for one that is no set's: made by hand, in the web console, or by another program. */
  snapId: string | null;
  phase: string;
  isReady: boolean;
  /** When its volumes were cut, else when it was asked for. ISO 8601. */
  createdAt: string;
  indications: string[];
  description: string;
  disks: { included: string[]; excluded: string[] };
  /** The last error that KubeVirt met; null when there was none. */
  error: string | null;
}

/** The snapshots of one machine, whoever made them, the newest first. */
export function snapshotsOfMachine(
  snapshots: readonly VmSnapshotView[],
  machine: string,
): SnapshotRow[] {
  return snapshots
    .filter(({ spec }) => spec.source.kind === "VirtualMachine" && spec.source.name === machine)
    .map(rowOf)
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
}

function rowOf(snapshot: VmSnapshotView): SnapshotRow {
  const { metadata, spec, status } = snapshot;
  return {
    name: metadata.name,
    machine: spec.source.name,
    snapId: metadata.labels?.[snapIdLabel] ?? null,
    phase: status?.phase ?? "",
    isReady: judgeSnapshot(snapshot).state === "ready",
    createdAt: cutAt(snapshot) ?? metadata.creationTimestamp,
    indications: indicationsOf(snapshot),
    description: descriptionOf(snapshot),
    disks: {
      included: status?.snapshotVolumes?.includedVolumes ?? [],
      excluded: status?.snapshotVolumes?.excludedVolumes ?? [],
    },
    error: status?.error?.message ?? null,
  };
}
