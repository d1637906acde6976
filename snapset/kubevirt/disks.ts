import { listed } from "../../common/listed";
import type { VmView } from "./objects";

/** Which disks a set may leave out: none, all that cannot be included, or those named. */
export type AcceptPartial = boolean | readonly string[];

/** One disk of a machine, and whether a snapshot holds its data. */
export interface Disk {
  name: string;
  /** Kind of its source, as the API names it: `dataVolume`, `cloudInitNoCloud`, … */
  source: string;
  isIncluded: boolean;
  /** Why it is not included, in KubeVirt's words; empty when it is. */
  reason: string;
}

/** Sources whose data is behind a claim, of which a CSI driver may take snapshots. */
const claimSources = new Set(["dataVolume", "persistentVolumeClaim", "memoryDump"]);

/**
 * A machine's disks, as KubeVirt judges them in `status.volumeSnapshotStatuses` (kubevirt
 * `pkg/storage/snapshot/snapshot.go`, updateVolumeSnapshotStatuses).
 */
export function disksOf({ spec, status }: VmView): Disk[] {
  const statuses = new Map(status?.volumeSnapshotStatuses?.map((it) => [it.name, it]));
  return (spec.template.spec.volumes ?? []).map((volume) => {
    const source = Object.keys(volume).find((key) => key !== "name") ?? "";
    const judged = statuses.get(volume.name);
    const unjudged = claimSources.has(source)
      ? "KubeVirt has not said yet whether it can be"
      : `no snapshot is taken of a ${source}`;
    const isIncluded = judged?.enabled === true;
    const reason = isIncluded ? "" : (judged?.reason ?? unjudged);
    return { name: volume.name, source, isIncluded, reason };
  });
}

/** Names of the disks whose data a snapshot holds. */
export function includedDisks(vm: VmView): string[] {
  return disksOf(vm)
    .filter(({ isIncluded }) => isIncluded)
    .map(({ name }) => name);
}

/**
 * Disks that cannot be included and have not been accepted, one sentence for each machine, and what
 * was accepted as a warning: its data will not be in the set.
 */
export function partialFindings(
  vms: readonly VmView[],
  accepted: AcceptPartial,
): { problems: string[]; warnings: string[] } {
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const vm of vms) {
    const left = disksOf(vm).filter(({ isIncluded }) => !isIncluded);
    const refused = left.filter(({ name }) => !isAccepted(name, accepted));
    if (refused.length > 0) problems.push(refusal(vm.metadata.name, refused));
    const taken = left.filter((disk) => !refused.includes(disk));
    if (taken.length > 0) {
      warnings.push(`virtual machine ${vm.metadata.name}: not in the set: ${described(taken)}`);
    }
  }
  return { problems, warnings: [...warnings, ...unknownNames(vms, accepted)] };
}

function isAccepted(disk: string, accepted: AcceptPartial): boolean {
  return typeof accepted === "boolean" ? accepted : accepted.includes(disk);
}

function refusal(vm: string, disks: readonly Disk[]): string {
  const names = disks.map(({ name }) => name);
  return (
    `virtual machine ${vm}: ${described(disks)} cannot be included in a snapshot; ` +
    `accept that with snapset:kubevirt.acceptPartial: true, or [${names.join(", ")}]`
  );
}

function described(disks: readonly Disk[]): string {
  const one = ({ name, source, reason }: Disk) => `disk ${name} (${source}: ${reason})`;
  return listed(disks.map(one));
}

/** A name of no disk is a slip: what was meant is refused, and this says why. */
function unknownNames(vms: readonly VmView[], accepted: AcceptPartial): string[] {
  if (typeof accepted === "boolean") return [];
  const known = new Set(vms.flatMap((vm) => disksOf(vm).map(({ name }) => name)));
  return accepted
    .filter((name) => !known.has(name))
    .map((name) => `snapset:kubevirt.acceptPartial: no machine has a disk ${name}`);
}
