import { claims, volumeSnapshots } from "../resources";
import { rfc3339 } from "../times";
import type { VolumeSnapshot } from "../types";
import type { Context, Reconcile, Write } from "./context";
import { createdAtMs, isDeleting, namespaceOf, uidOf, updateStatus } from "./writes";

/** The storage: cuts a volume's snapshot, and has it ready to use some time later. */
export const reconcileVolumeSnapshot: Reconcile<VolumeSnapshot> = (snapshot, context) => {
  if (isDeleting(snapshot)) return undefined;
  const { creationTime, readyToUse } = snapshot.status ?? {};
  if (creationTime === undefined) return cut(snapshot, context);
  if (readyToUse === true || has("volumeSnapshotNeverReady", snapshot, context)) return undefined;
  const readyAtMs = createdAtMs(snapshot) + context.times.cutMs + context.times.uploadMs;
  if (!context.isDue(readyAtMs)) return undefined;
  return updateStatus(volumeSnapshots, snapshot, { ...snapshot.status, readyToUse: true });
};

function cut(snapshot: VolumeSnapshot, context: Context): Write | undefined {
  if (!context.isDue(createdAtMs(snapshot) + context.times.cutMs)) return undefined;
  if (has("volumeSnapshotHangs", snapshot, context)) return undefined;
  const name = snapshot.spec.source.persistentVolumeClaimName ?? "";
  const claim = context.find(claims, namespaceOf(snapshot), name);
  if (!claim || has("volumeSnapshotFails", snapshot, context)) return fail(snapshot, context);
  context.disks.cut(uidOf(snapshot), uidOf(claim));
  const size = claim.spec.resources?.requests?.["storage"];
  return updateStatus(volumeSnapshots, snapshot, {
    boundVolumeSnapshotContentName: `snapcontent-${uidOf(snapshot)}`,
    creationTime: rfc3339(context.nowMs),
    readyToUse: false,
    ...(size !== undefined && { restoreSize: size }),
  });
}

function fail(snapshot: VolumeSnapshot, context: Context): Write | undefined {
  if (snapshot.status?.error) return undefined;
  const message =
    "Failed to check and update snapshot content: failed to take snapshot of the volume: rpc error: code = Internal desc = no space left in pool";
  const error = { time: rfc3339(context.nowMs), message };
  return updateStatus(volumeSnapshots, snapshot, { readyToUse: false, error });
}

function has(
  effect: "volumeSnapshotFails" | "volumeSnapshotHangs" | "volumeSnapshotNeverReady",
  { spec }: VolumeSnapshot,
  { faults }: Context,
): boolean {
  return faults.has(effect, spec.source.persistentVolumeClaimName ?? "");
}
