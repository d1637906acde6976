import { omit } from "../../world/omit";
import { claims, dataVolumes, virtualMachines, volumeSnapshots } from "../resources";
import type { Claim, ObjectMeta, VmRestore, VolumeBackup, VolumeRestore } from "../types";
import type { Context } from "./context";
import { populatedFor, prePopulated } from "./dataVolumeReconciler";
import {
  isRestoredBy,
  lastRestoreOf,
  RestoreProblem,
  type Restoration,
  type Step,
} from "./restoreSource";
import { volumesOf } from "./volumes";
import { annotate, create, namespaceOf, ownerOf, remove, uidOf } from "./writes";

/** On what a restore has made. */
const restoreName = "restore.kubevirt.io/name";

/** Annotations that say how a claim came about, and so are not the restored one's. */
const annotationsToDrop =
  /^(pv\.kubernetes\.io|volume\.beta\.kubernetes\.io|cdi\.kubevirt\.io|volume\.kubernetes\.io|k8s\.io\/Clone)/;

/** Makes a claim from each volume's snapshot, and waits for them (reconcileVolumeRestores). */
export function restoreVolumes(restoration: Restoration, context: Context): Step {
  const { restore, content } = restoration;
  const planned = plan(restoration);
  const known = restore.status?.restores ?? [];
  if (planned.length > known.length) return { status: { ...restore.status, restores: planned } };
  for (const volume of known) {
    const claim = context.find(claims, namespaceOf(restore), volume.persistentVolumeClaim);
    const backup = content.spec.volumeBackups?.find(
      ({ volumeName }) => volumeName === volume.volumeName,
    );
    if (!backup)
      throw new RestoreProblem(`volume backup for volume ${volume.volumeName} not found`);
    if (!claim) return makeClaim(restoration, backup, volume, context);
    if (restore.spec.volumeRestorePolicy === "InPlace" && !isRestoredBy(restore, claim)) {
      return replace(restoration, volume, claim, context);
    }
  }
  const isBound = ({ persistentVolumeClaim: name }: VolumeRestore) =>
    context.find(claims, namespaceOf(restore), name)?.status?.phase === "Bound";
  return known.every(isBound) ? "done" : "waiting";
}

/** Which claims are to be made: those of memory dumps are not. */
function plan({ restore, content }: Restoration): VolumeRestore[] {
  const dumps = volumesOf(content.spec.source.virtualMachine)
    .filter(({ memoryDump }) => memoryDump)
    .map(({ name }) => name);
  const backups = content.spec.volumeBackups ?? [];
  return backups
    .filter(({ volumeName }) => !dumps.includes(volumeName))
    .map(({ volumeName, persistentVolumeClaim, volumeSnapshotName = "" }) => ({
      volumeName,
      persistentVolumeClaim: nameFor(restore, volumeName, persistentVolumeClaim.metadata.name),
      volumeSnapshotName,
    }));
}

/** Name of the restored claim or data volume, by the policy. */
export function nameFor(restore: VmRestore, volume: string, claim: string): string {
  const { volumeRestoreOverrides = [], volumeRestorePolicy, target } = restore.spec;
  const override = volumeRestoreOverrides.find(({ volumeName }) => volumeName === volume);
  if (override?.restoreName !== undefined) return override.restoreName;
  if (volumeRestorePolicy === "InPlace") return claim;
  if (volumeRestorePolicy === "PrefixTargetName") return `${target.name}-${volume}`;
  return `restore-${uidOf(restore)}-${volume}`;
}

function makeClaim(
  restoration: Restoration,
  { persistentVolumeClaim }: VolumeBackup,
  volume: VolumeRestore,
  context: Context,
): Step {
  const { restore, vm } = restoration;
  const namespace = namespaceOf(restore);
  const { volumeSnapshotName: name, dataVolumeName } = volume;
  if (!context.find(volumeSnapshots, namespace, name)) {
    throw new RestoreProblem(`missing volumeSnapshot ${name}`);
  }
  const isOwned = dataVolumeName === undefined && restore.spec.volumeOwnershipPolicy !== "None";
  const dataSource = { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name };
  const write = create(claims, {
    metadata: {
      name: volume.persistentVolumeClaim,
      namespace,
      ...marksOf(restoration, persistentVolumeClaim.metadata, volume),
      ...(vm && isOwned && { ownerReferences: [ownerOf(virtualMachines, vm)] }),
    },
    spec: { ...omit(persistentVolumeClaim.spec, "volumeName", "dataSourceRef"), dataSource },
  });
  return { write };
}

/** Labels and annotations of a restored claim: the old one's, the restore's, and those wanted. */
function marksOf({ restore, content }: Restoration, old: ObjectMeta, volume: VolumeRestore) {
  const { metadata: source } = content.spec.source.virtualMachine;
  const { volumeRestoreOverrides = [] } = restore.spec;
  const override = volumeRestoreOverrides.find((it) => it.volumeName === volume.volumeName);
  const kept = Object.entries(old.annotations ?? {}).filter(
    ([key]) => !annotationsToDrop.test(key),
  );
  return {
    labels: {
      ...old.labels,
      "restore.kubevirt.io/source-vm-name": source.name,
      "restore.kubevirt.io/source-vm-namespace": source.namespace ?? "",
      ...override?.labels,
    },
    annotations: {
      ...Object.fromEntries(kept),
      [restoreName]: restore.metadata.name,
      ...lastRestoreOf(restore),
      ...(volume.dataVolumeName !== undefined && { [populatedFor]: volume.dataVolumeName }),
      ...override?.annotations,
    },
  };
}

/** In place: the old claim goes first, and its data volume is told not to make another. */
function replace(
  { restore }: Restoration,
  volume: VolumeRestore,
  claim: Claim,
  context: Context,
): Step {
  const owner = claim.metadata.ownerReferences?.find(({ kind }) => kind === "DataVolume");
  if (owner) {
    if (volume.dataVolumeName === undefined) {
      const restores = (restore.status?.restores ?? []).map((it) =>
        it.volumeName === volume.volumeName ? { ...it, dataVolumeName: owner.name } : it,
      );
      return { status: { ...restore.status, restores } };
    }
    const dataVolume = context.find(dataVolumes, namespaceOf(restore), owner.name);
    const marks = { [restoreName]: restore.metadata.name, [prePopulated]: owner.name };
    const marked = dataVolume && annotate(dataVolumes, dataVolume, marks);
    if (marked) return { write: marked };
  }
  const write = remove(claims, claim);
  return write ? { write } : "waiting";
}
