import { eachBounded, parallelRequests } from "../../common/eachBounded";
import { listed } from "../../common/listed";
import type { Image, Snapshot } from "../../openstack";
import { ranSince } from "../../snapset/capture/adoption";
import type { Member } from "../../snapset/capture/member";
import type { Context } from "../context";
import type { Adopted } from "../platform";
import { deleteSnapshots } from "./deleteSnapshots";
import { ifThere } from "../tolerate";
import { observeImages } from "../glance/images";
import { observeSnapshots, snapshotIdsOf } from "./observe";
import type { CaptureInputs } from "../capture/types";

/** What an interrupted run has left of one member. */
interface Left {
  image: Image | undefined;
  /** Of its volumes. */
  snapshots: readonly Snapshot[];
}

/**
 * Looks at what an interrupted run has left. An image or a snapshot is taken over when its source
 * has not run since it was begun; else it is not what is on the disk any more, and is deleted. Second
 * images of one member are deleted too.
 *
 * @returns how many images there are, how many members were not taken over, and how it went
 */
export async function adoptMembers(
  members: readonly Member[],
  inputs: CaptureInputs,
  context: Context,
): Promise<Adopted> {
  const { members: images, extras } = await observeImages(context, inputs.snapId, inputs.instances);
  const snapshots = members.some(({ volumes }) => volumes.length > 0)
    ? await observeSnapshots(context, inputs.snapId, inputs.instances, images.values())
    : [];
  const stale: string[] = [];
  await eachBounded(members, parallelRequests, async (member) => {
    const ids = new Set(member.volumes.map(({ volumeId }) => volumeId));
    const left = {
      image: images.get(member.instance.name),
      snapshots: snapshots.filter(({ volume_id }) => ids.has(volume_id)),
    };
    const ran = await discardStale(member, left, inputs, context);
    if (ran !== undefined)
      stale.push(`${member.instance.name} (${ran.action} at ${ran.start_time})`);
  });
  await Promise.all(extras.map((image) => discardImage(image, inputs, context)));
  const found = `${images.size} of ${members.length} images found`;
  const anew =
    stale.length === 0 ? "" : `; made anew because the source ran since: ${listed(stale)}`;
  return { found: images.size, stale: stale.length, evidence: found + anew };
}

/** All that was made of a member goes if its source has run since the first of it was begun. */
async function discardStale(
  { instance }: Member,
  { image, snapshots }: Left,
  inputs: CaptureInputs,
  context: Context,
) {
  const begun = [...(image === undefined ? [] : [image]), ...snapshots].map((it) => it.created_at);
  if (begun.length === 0) return undefined;
  const actions = await context.cloud.compute.listInstanceActions(instance.uuid);
  const ran = begun.map((at) => ranSince(at, actions)).find((it) => it !== undefined);
  if (ran === undefined) return undefined;
  await deleteSnapshots(snapshots, inputs.deadlines.stop, context);
  if (image !== undefined) await discardImage(image, inputs, context);
  return ran;
}

/** Deletes an image and, of a volume-backed server, the snapshots that it names. */
export async function discardImage(
  image: Image,
  { deadlines }: Pick<CaptureInputs, "deadlines">,
  context: Context,
): Promise<void> {
  const named = new Set(snapshotIdsOf(image).values());
  if (named.size > 0) {
    const snapshots = await context.cloud.blockStorage.listSnapshots();
    const ours = snapshots.filter(({ id }) => named.has(id));
    await deleteSnapshots(ours, deadlines.stop, context);
  }
  await ifThere(context.cloud.image.deleteImage(image.id));
}
