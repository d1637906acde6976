import { storageClassType, volumeSnapshotClasses, type ResourceType } from "./resources";
import type { KubeObject } from "./types";
import { storageClasses } from "./wantedVm";

/** The storage classes of a cluster: one with a class for snapshots, and one without. */
export function storageObjects(): { type: ResourceType; object: KubeObject }[] {
  const driver = "openshift-storage.rbd.csi.ceph.com";
  const storage = (name: string, provisioner: string) => ({
    type: storageClassType,
    object: {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name },
      provisioner,
      reclaimPolicy: "Delete",
      volumeBindingMode: "Immediate",
    },
  });
  return [
    storage(storageClasses.snapshots, driver),
    storage(storageClasses.none, "kubevirt.io.hostpath-provisioner"),
    {
      type: volumeSnapshotClasses,
      object: {
        apiVersion: "snapshot.storage.k8s.io/v1",
        kind: "VolumeSnapshotClass",
        metadata: { name: `${storageClasses.snapshots}-snapclass` },
        driver,
        deletionPolicy: "Delete",
      },
    },
  ];
}
