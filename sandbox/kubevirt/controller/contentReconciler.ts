import { contents, snapshots, volumeSnapshots } from "../resources";
import { rfc3339 } from "../times";
import type {
  VmSnapshot,
  VmSnapshotContent,
  VolumeBackup,
  VolumeSnapshot,
  VolumeSnapshotStatus,
} from "../types";
import type { Context, Reconcile, Write } from "./context";
import { freeze, thaw } from "./quiescing";
import { contentFinalizer } from "./snapshotReconciler";
import { isContentToGo, isTerminating } from "./snapshotState";
import { snapshotClassOf } from "./volumes";
import {
  create,
  isDeleting,
  namespaceOf,
  ownerOf,
  removeFinalizer,
  uidOf,
  updateStatus,
} from "./writes";

/** A VirtualMachineSnapshotContent (pkg/storage/snapshot/snapshot.go, updateVMSnapshotContent). */
export const reconcileContent: Reconcile<VmSnapshotContent> = (content, context) => {
  const snapshot = snapshotOf(content, context);
  if (!snapshot || isTerminating(snapshot, context)) {
    thaw(snapshot, context);
    const freed = removeFinalizer(contents, content, contentFinalizer);
    if (freed) return freed;
    if (snapshot && isContentToGo(snapshot, content)) return undefined;
  }
  if (isDeleting(content)) return undefined;
  return cutVolumes(content, snapshot, context) ?? report(content, snapshot, context);
};

/** The snapshot that a content was made for, unless another has taken its name. */
function snapshotOf(
  { metadata, spec }: VmSnapshotContent,
  context: Context,
): VmSnapshot | undefined {
  return context.find(snapshots, metadata.namespace, spec.virtualMachineSnapshotName);
}

interface Cut {
  backup: VolumeBackup;
  name: string;
  found: VolumeSnapshot | undefined;
}

function cutsOf({ metadata, spec }: VmSnapshotContent, context: Context): Cut[] {
  return (spec.volumeBackups ?? []).flatMap((backup) => {
    const { volumeSnapshotName: name } = backup;
    if (name === undefined) return [];
    return { backup, name, found: context.find(volumeSnapshots, metadata.namespace, name) };
  });
}

/** Freezes the guest, then makes one snapshot of a volume after the other. */
function cutVolumes(
  content: VmSnapshotContent,
  snapshot: VmSnapshot | undefined,
  context: Context,
): Write | undefined {
  if (content.status?.creationTime != null || !snapshot || isDeleting(snapshot)) return undefined;
  const missing = cutsOf(content, context).find(({ found }) => !found);
  if (!missing || !context.isDue(context.retries.get(uidOf(content)) ?? 0)) return undefined;
  const problem = freeze(snapshot, context);
  if (problem === undefined) return createVolumeSnapshot(content, missing, context);
  context.retries.set(uidOf(content), context.nowMs + context.times.retryMs);
  context.isDue(context.nowMs + context.times.retryMs);
  return fail(content, problem, context);
}

function createVolumeSnapshot(
  content: VmSnapshotContent,
  { backup, name }: Cut,
  context: Context,
): Write {
  const { metadata } = content.spec.source.virtualMachine;
  const claim = backup.persistentVolumeClaim;
  const volumeSnapshotClassName = snapshotClassOf(claim.spec.storageClassName ?? "", context);
  return create(volumeSnapshots, {
    metadata: {
      name,
      namespace: namespaceOf(content),
      labels: {
        "snapshot.kubevirt.io/source-vm-name": metadata.name,
        "snapshot.kubevirt.io/source-vm-namespace": metadata.namespace ?? "",
      },
      ownerReferences: [ownerOf(contents, content)],
    },
    spec: {
      source: { persistentVolumeClaimName: claim.metadata.name },
      ...(volumeSnapshotClassName !== undefined && { volumeSnapshotClassName }),
    },
  });
}

function report(
  content: VmSnapshotContent,
  snapshot: VmSnapshot | undefined,
  context: Context,
): Write | undefined {
  const cuts = cutsOf(content, context);
  const wasCreated = content.status?.creationTime != null;
  if (!wasCreated && cuts.some(({ found }) => !found)) return undefined;
  const seen = cuts.flatMap(({ found }) => (found ? statusOf(found) : []));
  const gone = cuts.filter(({ found }) => !found).map(({ name }) => name);
  const isCreated = gone.length === 0 && seen.every(({ creationTime }) => creationTime != null);
  const isReady = gone.length === 0 && seen.every(({ readyToUse }) => readyToUse === true);
  const { error: old, ...rest } = content.status ?? {};
  if (isCreated && !wasCreated) {
    const problem = thaw(snapshot, context);
    if (problem !== undefined) return fail(content, problem, context);
    rest.creationTime = rfc3339(context.nowMs);
  }
  const message = isReady ? undefined : problemOf(gone, seen);
  const isNews = message !== old?.message;
  const error = isNews && message !== undefined ? { time: rfc3339(context.nowMs), message } : old;
  return updateStatus(contents, content, {
    ...rest,
    readyToUse: isReady,
    volumeSnapshotStatus: seen,
    ...(message !== undefined && error && { error }),
  });
}

function statusOf({ metadata, status }: VolumeSnapshot): VolumeSnapshotStatus {
  const { creationTime, readyToUse, error } = status ?? {};
  return {
    volumeSnapshotName: metadata.name,
    ...(creationTime !== undefined && { creationTime }),
    ...(readyToUse !== undefined && { readyToUse }),
    ...(error && { error }),
  };
}

function problemOf(gone: string[], seen: VolumeSnapshotStatus[]): string | undefined {
  if (gone.length > 0) return `VolumeSnapshots (${gone.join(",")}) missing`;
  const failed = seen.find(({ error }) => error?.message !== undefined);
  if (!failed) return undefined;
  return `VolumeSnapshot ${failed.volumeSnapshotName} error: ${failed.error?.message ?? ""}`;
}

function fail(content: VmSnapshotContent, message: string, context: Context): Write | undefined {
  const error = { time: rfc3339(context.nowMs), message };
  return updateStatus(contents, content, { ...content.status, readyToUse: false, error });
}
