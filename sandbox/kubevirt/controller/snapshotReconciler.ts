import { omit } from "../../world/omit";
import { claims, contents, snapshots } from "../resources";
import type { VmSnapshot, VmSnapshotContent, VolumeBackup } from "../types";
import type { Context, Reconcile, Write } from "./context";
import {
  contentOf,
  contentNameOf,
  isContentToGo,
  isProgressing,
  isTerminating,
} from "./snapshotState";
import { lock, sourceOf, unlock, type Source } from "./snapshotSource";
import { snapshotStatus } from "./snapshotStatus";
import { claimOf, snapshotClassOf, volumesOf } from "./volumes";
import {
  addFinalizer,
  create,
  isDeleting,
  namespaceOf,
  remove,
  removeFinalizer,
  uidOf,
  updateStatus,
} from "./writes";

const finalizer = "snapshot.kubevirt.io/vmsnapshot-protection";

/** On contents. */
export const contentFinalizer = "snapshot.kubevirt.io/vmsnapshotcontent-protection";

/** What is known of a snapshot when it is looked at. */
interface Look {
  snapshot: VmSnapshot;
  source: Source | undefined;
  content: VmSnapshotContent | undefined;
  isTerminating: boolean;
}

/** A VirtualMachineSnapshot (pkg/storage/snapshot/snapshot.go, updateVMSnapshot). */
export const reconcileSnapshot: Reconcile<VmSnapshot> = (snapshot, context) => {
  const look: Look = {
    snapshot,
    source: sourceOf(snapshot, context),
    content: contentOf(snapshot, context),
    isTerminating: isTerminating(snapshot, context),
  };
  const begun = look.isTerminating ? undefined : addFinalizer(snapshots, snapshot, finalizer);
  return (
    begun ?? hold(look, context) ?? removeContent(look) ?? report(look, context) ?? finish(look)
  );
};

/** Locks the machine and makes the content, or lets go of the machine. */
function hold(look: Look, context: Context): Write | undefined {
  const { snapshot, source, content } = look;
  if (!snapshot.status || !source) return undefined;
  if (isProgressing(snapshot) && !look.isTerminating) {
    if (!source.isLocked) return lock(source, snapshot, context);
    return content ? undefined : createContent(snapshot, source, context);
  }
  return isSourceFree(look) ? unlock(source, snapshot) : undefined;
}

function isSourceFree({ snapshot, content, isTerminating }: Look): boolean {
  const isContentDone = !content || !isContentToGo(snapshot, content);
  return !isProgressing(snapshot) || (isTerminating && isContentDone);
}

function removeContent({ snapshot, content, isTerminating }: Look): Write | undefined {
  if (!isTerminating || !content || !isContentToGo(snapshot, content)) return undefined;
  return remove(contents, content);
}

function report({ snapshot, source, content }: Look, context: Context): Write | undefined {
  const status = snapshotStatus(snapshot, source, content, context);
  return updateStatus(snapshots, snapshot, status);
}

function finish({ snapshot, source }: Look): Write | undefined {
  const isHeld = source?.isLocked === true;
  return isDeleting(snapshot) && !isHeld
    ? removeFinalizer(snapshots, snapshot, finalizer)
    : undefined;
}

/** The content is bound to its snapshot by name, and has a copy of the machine. */
function createContent(snapshot: VmSnapshot, { vm }: Source, context: Context): Write {
  const namespace = namespaceOf(snapshot);
  const metadata = omit(vm.metadata, "managedFields");
  return create(contents, {
    metadata: { name: contentNameOf(snapshot), namespace, finalizers: [contentFinalizer] },
    spec: {
      virtualMachineSnapshotName: snapshot.metadata.name,
      source: { virtualMachine: { metadata, spec: vm.spec, status: {} } },
      volumeBackups: backups(snapshot, vm, context),
    },
  });
}

/** Volumes without a claim, or of a class without snapshots, are left out. */
function backups(snapshot: VmSnapshot, vm: Source["vm"], context: Context): VolumeBackup[] {
  return volumesOf(vm).flatMap((volume) => {
    const name = claimOf(volume);
    const claim = name === undefined ? undefined : context.find(claims, namespaceOf(vm), name);
    const storageClass = claim?.spec.storageClassName;
    if (!claim || storageClass === undefined || !snapshotClassOf(storageClass, context)) return [];
    const metadata = omit(claim.metadata, "managedFields");
    return {
      volumeName: volume.name,
      persistentVolumeClaim: { metadata, spec: claim.spec },
      volumeSnapshotName: `vmsnapshot-${uidOf(snapshot)}-volume-${volume.name}`,
    };
  });
}
