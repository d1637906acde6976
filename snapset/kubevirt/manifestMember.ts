import { snapshotNameOf } from "./names";
import { indicationsOf } from "./judge";
import { disksOf } from "./disks";
import { gibibytesOf } from "./quantity";
import type { MemberIdentity } from "../identity";
import {
  indications,
  type Indication,
  type ManifestMember,
  type ManifestVolume,
  type Stop,
} from "../manifest";
import type { VmContentView, VmSnapshotView, VmView } from "./objects";

/** Everything that is known of a member that has been captured. */
export interface CapturedMachine {
  identity: MemberIdentity;
  vm: VmView;
  snapshot: VmSnapshotView;
  content: VmContentView;
  stop: { stop: Stop; seconds: number | null };
  namespace: string;
  /** E.g. `snapshot.kubevirt.io/v1beta1`. */
  apiVersion: string;
}

/** A captured machine as the manifest describes it. */
export function manifestMemberOf(captured: CapturedMachine): ManifestMember {
  const { identity, vm, snapshot, content, stop, namespace, apiVersion } = captured;
  return {
    name: identity.member,
    role: identity.role,
    platform: "kubevirt",
    imageId: snapshot.metadata.uid,
    imageName: snapshotNameOf(identity.member, identity.snapId),
    serverId: vm.metadata.uid,
    macAddresses: [...identity.macAddresses],
    sizeBytes: 0,
    minDiskGb: 0,
    hashAlgo: null,
    hashValue: null,
    flavor: null,
    stop: stop.stop,
    stopSeconds: stop.seconds,
    indications: knownIndications(snapshot, vm),
    volumes: volumesOf(vm, content),
    virtualMachine: {
      namespace,
      name: vm.metadata.name,
      contentName: content.metadata.name,
      apiVersion,
    },
    bareMetal: null,
  };
}

/** KubeVirt's own, and that not every disk is in the set: older versions do not say that. */
function knownIndications(snapshot: VmSnapshotView, vm: VmView): Indication[] {
  const said = new Set(indicationsOf(snapshot));
  if (disksOf(vm).some(({ isIncluded }) => !isIncluded)) said.add("PartialSnapshot");
  return indications.filter((it) => said.has(it));
}

/** Each disk, with the snapshot of the claim behind it. */
function volumesOf(vm: VmView, { spec }: VmContentView): ManifestVolume[] {
  const backups = new Map(spec.volumeBackups?.map((it) => [it.volumeName, it]));
  return disksOf(vm).map(({ name, source }) => {
    const backup = backups.get(name);
    return {
      name,
      volumeId: backup?.persistentVolumeClaim?.metadata?.name ?? name,
      device: null,
      sizeGb: gibibytesOf(backup?.persistentVolumeClaim?.spec?.resources?.requests?.storage),
      type: backup?.persistentVolumeClaim?.spec?.storageClassName ?? source,
      isRoot: false,
      policy: backup === undefined ? ("exclude" as const) : ("include" as const),
      snapshotId: backup?.volumeSnapshotName ?? null,
    };
  });
}
