import { allEnded } from "../../common/allEnded";
import { counted } from "../../common/counted";
import type { VirtualMachineSnapshot, VirtualMachineSnapshotContent } from "../../kubevirt";
import { snapshotNameOf } from "../../snapset/kubevirt/names";
import type { SetIdentity } from "../platform";
import type { KubeVirtContext } from "./context";
import { waitForAll } from "./machines";
import { observeSnapshots } from "./snapshots";

/**
 * Removes the snapshots of a set, and what they provisioned: a content whose policy is Retain stays
 * behind its snapshot, and is removed for itself, also where somebody has deleted the snapshot. Only
 * what carries the set's identity is touched.
 *
 * @returns what was deleted, in words
 */
export async function removeSnapshots(
  { snapId, instances, deadlines }: SetIdentity,
  context: KubeVirtContext,
): Promise<string> {
  const names = instances.map(({ name }) => name);
  const found = [...(await observeSnapshots(snapId, names, context)).values()];
  await deleteSnapshots(found, deadlines.stop, context);
  const own = new Set(names.map((name) => snapshotNameOf(name, snapId)));
  await deleteContents(({ spec }) => own.has(spec.virtualMachineSnapshotName ?? ""), context);
  return `${counted(found.length, "snapshot")} deleted`;
}

/** Deletes snapshots and their contents, and waits until they are gone. */
export async function deleteSnapshots(
  snapshots: readonly VirtualMachineSnapshot[],
  deadlineMs: number,
  context: KubeVirtContext,
): Promise<void> {
  if (snapshots.length === 0) return;
  const { kubevirt } = context;
  const uids = new Set(snapshots.map(({ metadata }) => metadata.uid));
  const contents = (await kubevirt.listContents()).filter((it) => isOf(it, snapshots));
  const contentUids = new Set(contents.map(({ metadata }) => metadata.uid));
  await allEnded(snapshots.map(({ metadata }) => kubevirt.deleteSnapshot(metadata)));
  await waitForAll(
    {
      what: "snapshots to be deleted",
      phase: "delete",
      observe: () => kubevirt.listSnapshots(),
      missing: (left) =>
        left
          .filter(({ metadata }) => uids.has(metadata.uid))
          .map(({ metadata, status }) => `${metadata.name} ${status?.phase ?? "no status"}`),
      deadlineMs,
    },
    context,
  );
  await deleteContents(({ metadata }) => contentUids.has(metadata.uid), context);
}

async function deleteContents(
  isToGo: (content: VirtualMachineSnapshotContent) => boolean,
  { kubevirt }: KubeVirtContext,
): Promise<void> {
  const contents = (await kubevirt.listContents()).filter(isToGo);
  await allEnded(contents.map(({ metadata }) => kubevirt.deleteContent(metadata)));
}

/** Each of the two names the other. */
function isOf(
  { metadata, spec }: VirtualMachineSnapshotContent,
  snapshots: readonly VirtualMachineSnapshot[],
): boolean {
  return snapshots.some(
    (it) =>
      it.metadata.name === spec.virtualMachineSnapshotName &&
      it.status?.virtualMachineSnapshotContentName === metadata.name,
  );
}
