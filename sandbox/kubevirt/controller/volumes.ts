import { claims, dataVolumes, storageClassType, volumeSnapshotClasses } from "../resources";
import type { KubeObject, SourceVm, Volume } from "../types";
import type { Context } from "./context";

/** The claim that holds a volume's data, if one does and a snapshot could be taken of it. */
export function claimOf(volume: Volume): string | undefined {
  return (
    volume.persistentVolumeClaim?.claimName ??
    volume.dataVolume?.name ??
    volume.memoryDump?.claimName
  );
}

export function volumesOf({ spec }: Pick<SourceVm, "spec">): Volume[] {
  return spec.template.spec.volumes ?? [];
}

/** Name of the class for snapshots of a storage class; undefined where there is none. */
export function snapshotClassOf(storageClass: string, context: Context): string | undefined {
  const found = context.find(storageClassType, undefined, storageClass);
  if (!found) return undefined;
  const { provisioner } = found as KubeObject & { provisioner?: string };
  const isOf = (it: KubeObject & { driver?: string }) => it.driver === provisioner;
  return context.list(volumeSnapshotClasses).find(isOf)?.metadata.name;
}

/** Whether a snapshot could be taken of a volume, and why not. */
export function snapshotStatusOf(namespace: string, volume: Volume, context: Context) {
  const { name } = volume;
  const claim = claimOf(volume);
  if (claim === undefined) {
    const reason = `Snapshot is not supported for this volumeSource type [${name}]`;
    return { name, enabled: false, reason };
  }
  const storageClass = storageClassOf(namespace, claim, context);
  if (storageClass === undefined) return { name, enabled: false, reason: "PVC not found" };
  if (snapshotClassOf(storageClass, context) !== undefined) return { name, enabled: true };
  const why = "No VolumeSnapshotClass: Volume snapshots are not configured for this StorageClass";
  return { name, enabled: false, reason: `${why} [${storageClass}] [${name}]` };
}

function storageClassOf(namespace: string, claim: string, context: Context): string | undefined {
  const declared = context.find(dataVolumes, namespace, claim)?.spec.pvc?.storageClassName;
  return declared ?? context.find(claims, namespace, claim)?.spec.storageClassName;
}
