import { omit } from "../../world/omit";
import { freezeLimitReached } from "../GuestMachine";
import type { VmSnapshot, VmSnapshotContent, VmSnapshotStatus } from "../types";
import { withCondition } from "./conditions";
import type { Context } from "./context";
import { isOverdue } from "./snapshotState";
import { lockMessage, type Source } from "./snapshotSource";
import { claimOf, volumesOf } from "./volumes";
import { isDeleting, uidOf } from "./writes";

/** What each indication means, in KubeVirt's words. */
const indicationMessages: Record<string, string> = {
  Online: "Snapshot taken while the VM was running. Consistency depends on guest-agent quiescing.",
  GuestAgent:
    "Guest agent was active and attempted to quiesce the filesystem for application consistency.",
  NoGuestAgent:
    "Guest agent was not available. Snapshot is crash-consistent and may not be application-consistent.",
  QuiesceTimeout:
    "Guest agent quiesced the filesystem, but the freeze window timed out before completion. Snapshot is crash-consistent and may not be application-consistent.",
  Paused:
    "Snapshot taken while the VM was paused. Snapshot is crash-consistent and may not be application-consistent.",
  PartialSnapshot:
    "Not all snapshotable volumes were included in the snapshot. Check status.snapshotVolumes for excluded volumes and VM VolumeSnapshotStatus for details.",
};

/** The status of a VirtualMachineSnapshot (pkg/storage/snapshot/snapshot.go, updateSnapshotStatus). */
export function snapshotStatus(
  snapshot: VmSnapshot,
  source: Source | undefined,
  content: VmSnapshotContent | undefined,
  context: Context,
): VmSnapshotStatus {
  const old: VmSnapshotStatus = {
    readyToUse: false,
    ...snapshot.status,
    ...(source && { sourceUID: uidOf(source.vm) }),
    ...(content?.status && afterContent(content)),
  };
  if (content?.status && !content.status.error) delete old.error;
  const judged = judge({ ...snapshot, status: old }, source, content, context);
  const ready = judged.readyToUse === true;
  const reason = ready ? "Ready" : "Not ready";
  const conditions = set(judged, "Ready", ready, reason, context);
  return progressing({ ...judged, conditions }, context);
}

function afterContent({ metadata, status }: VmSnapshotContent): VmSnapshotStatus {
  return {
    virtualMachineSnapshotContentName: metadata.name,
    readyToUse: status?.readyToUse ?? false,
    ...(status?.creationTime != null && { creationTime: status.creationTime }),
    ...(status?.error && { error: status.error }),
  };
}

function judge(
  snapshot: VmSnapshot,
  source: Source | undefined,
  content: VmSnapshotContent | undefined,
  context: Context,
): VmSnapshotStatus {
  const status = snapshot.status ?? {};
  if (isOverdue(snapshot, context)) {
    const failed = set(status, "Failure", true, "snapshot deadline exceeded", context);
    const conditions = set(
      { ...status, conditions: failed },
      "Progressing",
      false,
      "Operation failed",
      context,
    );
    return { ...status, phase: "Failed", conditions };
  }
  if (status.phase === "Succeeded" || status.creationTime != null) {
    const conditions = set(status, "Progressing", false, "Operation complete", context);
    return withVolumes({ ...status, phase: "Succeeded", conditions }, content);
  }
  return inProgress(snapshot, source, context);
}

function inProgress(
  snapshot: VmSnapshot,
  source: Source | undefined,
  context: Context,
): VmSnapshotStatus {
  const status = { ...snapshot.status };
  const reason = source ? lockMessage(source, snapshot, context) : "Source does not exist";
  const isLocked = source?.isLocked === true;
  status.conditions = set(status, "Progressing", isLocked, reason, context);
  if (!isDeleting(snapshot)) return { ...withIndications(status, source), phase: "InProgress" };
  const deleting = set(status, "Progressing", false, "VM snapshot is deleting", context);
  return { ...withIndications(status, source), phase: "Deleting", conditions: deleting };
}

/** They add up while the snapshot is taken; one that is taken offline has none. */
function withIndications(status: VmSnapshotStatus, source: Source | undefined): VmSnapshotStatus {
  if (!source) return status;
  const { indications: old = [] } = status;
  const rest = omit(status, "indications", "sourceIndications");
  if (!source.isOnline) return rest;
  const found = ["Online", ...(source.isPaused ? ["Paused"] : agentIndications(status, source))];
  const indications = [...new Set([...old, ...found])].sort();
  return { ...rest, indications, sourceIndications: indications.map(explained) };
}

function agentIndications(status: VmSnapshotStatus, { hasAgent }: Source): string[] {
  if (!hasAgent) return ["NoGuestAgent"];
  const isBroken = status.error?.message?.includes(freezeLimitReached) ?? false;
  return isBroken ? ["GuestAgent", "QuiesceTimeout"] : ["GuestAgent"];
}

function withVolumes(
  status: VmSnapshotStatus,
  content: VmSnapshotContent | undefined,
): VmSnapshotStatus {
  if (!content) return status;
  const backedUp = new Set(content.spec.volumeBackups?.map(({ volumeName }) => volumeName));
  const all = volumesOf(content.spec.source.virtualMachine);
  const excluded = all.filter(({ name }) => !backedUp.has(name));
  const included = all.filter(({ name }) => backedUp.has(name));
  const snapshotVolumes = {
    ...(included.length > 0 && { includedVolumes: included.map(({ name }) => name) }),
    ...(excluded.length > 0 && { excludedVolumes: excluded.map(({ name }) => name) }),
  };
  const isPartial = excluded.some((volume) => claimOf(volume) !== undefined);
  const { indications = [], sourceIndications = [] } = status;
  if (!isPartial || indications.includes("PartialSnapshot")) return { ...status, snapshotVolumes };
  return {
    ...status,
    snapshotVolumes,
    indications: [...indications, "PartialSnapshot"],
    sourceIndications: [...sourceIndications, explained("PartialSnapshot")],
  };
}

function progressing(status: VmSnapshotStatus, context: Context): VmSnapshotStatus {
  if (!status.error) return status;
  return { ...status, conditions: set(status, "Progressing", false, "In error state", context) };
}

function explained(indication: string) {
  return { indication, message: indicationMessages[indication] ?? "Unknown indication" };
}

function set(
  { conditions }: VmSnapshotStatus,
  type: string,
  isTrue: boolean,
  reason: string,
  { nowMs }: Context,
) {
  return withCondition(conditions, { type, status: isTrue ? "True" : "False", reason }, nowMs);
}
