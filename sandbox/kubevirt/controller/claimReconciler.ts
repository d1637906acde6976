import { claims, persistentVolumes, storageClassType, volumeSnapshots } from "../resources";
import type { Claim, KubeObject } from "../types";
import type { Context, Reconcile, Write } from "./context";
import { create, createdAtMs, isDeleting, namespaceOf, remove, uidOf } from "./writes";

/** A volume as far as this cluster's storage fills it in. */
interface PersistentVolume extends KubeObject {
  spec: { claimRef: { namespace: string; name: string; uid: string } };
}

/**
 * The storage: makes a volume for a claim, with the data of the snapshot that it is made from. What
 * binds the two is kube-controller-manager.
 */
export const provisionClaim: Reconcile<Claim> = (claim, context) => {
  const { spec, status, metadata } = claim;
  if (isDeleting(claim) || status?.phase === "Bound") return undefined;
  const name = `pvc-${uidOf(claim)}`;
  if (context.find(persistentVolumes, undefined, name)) return undefined;
  if (!context.isDue(createdAtMs(claim) + context.times.provisionMs)) return undefined;
  const restored = metadata.annotations?.["restore.kubevirt.io/name"];
  if (restored !== undefined && context.faults.has("restoreFails", restored)) return undefined;
  const cutUid = cutOf(claim, context);
  if (spec.dataSource && cutUid === undefined) return undefined;
  const own = { namespace: namespaceOf(claim), name: metadata.name, uid: uidOf(claim) };
  context.disks.provision(own, cutUid);
  return createVolume(name, claim, own, context);
};

function cutOf({ spec, metadata }: Claim, context: Context): string | undefined {
  if (!spec.dataSource) return undefined;
  const snapshot = context.find(volumeSnapshots, metadata.namespace, spec.dataSource.name);
  return snapshot?.status?.readyToUse === true ? uidOf(snapshot) : undefined;
}

function createVolume(name: string, { spec }: Claim, own: object, context: Context): Write {
  const storageClass = context.find(storageClassType, undefined, spec.storageClassName ?? "");
  const { provisioner = "none" } = (storageClass ?? {}) as { provisioner?: string };
  return create(persistentVolumes, {
    metadata: { name },
    spec: {
      capacity: { storage: spec.resources?.requests?.["storage"] },
      accessModes: spec.accessModes,
      volumeMode: spec.volumeMode,
      storageClassName: spec.storageClassName,
      persistentVolumeReclaimPolicy: "Delete",
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", ...own },
      csi: { driver: provisioner, volumeHandle: name },
    },
  });
}

/** The storage: removes a volume whose claim is gone. */
export const reclaimVolume: Reconcile = (volume, context) => {
  const { namespace, name, uid } = (volume as PersistentVolume).spec.claimRef;
  const claim = context.find(claims, namespace, name);
  return claim && uidOf(claim) === uid ? undefined : remove(persistentVolumes, volume);
};

/** kube-controller-manager, where there is none: binds a claim to its volume. */
export const bindClaim: Reconcile<Claim> = (claim, context) => {
  const volumeName = `pvc-${uidOf(claim)}`;
  if (claim.status?.phase === "Bound") return undefined;
  if (!context.find(persistentVolumes, undefined, volumeName)) {
    if (claim.status?.phase === "Pending") return undefined;
    return {
      verb: "updateStatus",
      type: claims,
      object: { ...claim, status: { phase: "Pending" } },
    };
  }
  const { spec } = claim;
  if (spec.volumeName === undefined) {
    return { verb: "update", type: claims, object: { ...claim, spec: { ...spec, volumeName } } };
  }
  const { accessModes, resources } = spec;
  const status = { phase: "Bound", accessModes, capacity: resources?.requests };
  return { verb: "updateStatus", type: claims, object: { ...claim, status } };
};
