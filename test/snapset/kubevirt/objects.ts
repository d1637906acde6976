import type { VmContentView, VmSnapshotView, VmView } from "../../../snapset/kubevirt/objects";

const created = { creationTimestamp: "2026-11-21T10:00:00Z" };

/** A machine with a disk of which snapshots are taken, and cloud-init's. */
export const vm: VmView = {
  metadata: { ...created, name: "db", uid: "vm-uid", generation: 3 },
  spec: {
    runStrategy: "Always",
    template: {
      spec: {
        domain: { devices: { interfaces: [{ name: "default", macAddress: "02:00:00:00:00:01" }] } },
        volumes: [
          { name: "rootdisk", dataVolume: { name: "db-rootdisk" } },
          { name: "cloudinitdisk", cloudInitNoCloud: {} },
        ],
      },
    },
  },
  status: {
    volumeSnapshotStatuses: [
      { name: "rootdisk", enabled: true },
      { name: "cloudinitdisk", enabled: false, reason: "not supported" },
    ],
  },
};

/** Its snapshot, whole. */
export const snapshot: VmSnapshotView = {
  metadata: {
    ...created,
    name: "db-snapshot",
    uid: "snapshot-uid",
    annotations: { "snapset/source-generation": "3" },
  },
  spec: { source: { kind: "VirtualMachine", name: "db" } },
  status: {
    phase: "Succeeded",
    readyToUse: true,
    creationTime: "2026-11-21T10:00:05Z",
    sourceUID: "vm-uid",
    virtualMachineSnapshotContentName: "content",
    indications: ["GuestAgent", "Online"],
  },
};

/** The snapshot's content. */
export const content: VmContentView = {
  metadata: { ...created, name: "content", uid: "content-uid" },
  spec: {
    virtualMachineSnapshotName: "db-snapshot",
    source: { virtualMachine: vm },
    volumeBackups: [{ volumeName: "rootdisk", volumeSnapshotName: "vs" }],
  },
  status: { readyToUse: true },
};

/** The snapshot with another status. */
export function withStatus(status: Partial<NonNullable<VmSnapshotView["status"]>>): VmSnapshotView {
  return { ...snapshot, status: { ...snapshot.status, ...status } };
}
