import { counted } from "../../common/counted";
import type { Context } from "../context";
import type { SetIdentity } from "../platform";
import { deleteSnapshots } from "./deleteSnapshots";
import { ifThere } from "../tolerate";
import { listOwnImages } from "../glance/images";
import { observeSnapshots } from "./observe";

/**
 * Removes the snapshots and images of servers, in parallel. Only what carries the set's identity is
 * touched.
 *
 * @returns what was deleted, in words
 */
export async function removeMembers(set: SetIdentity, context: Context): Promise<string> {
  const { cloud } = context;
  const found = await listOwnImages(context, set.snapId, set.instances);
  const ours = found.map(({ image }) => image);
  const snapshots = await observeSnapshots(context, set.snapId, set.instances, ours);
  await deleteSnapshots(snapshots, set.deadlines.stop, context);
  await Promise.all(
    ours.map((image) => {
      context.report(`delete ${image.name}`);
      return ifThere(cloud.image.deleteImage(image.id));
    }),
  );
  const words = [
    counted(ours.length, "image"),
    ...(snapshots.length > 0 ? [counted(snapshots.length, "snapshot")] : []),
  ];
  return `${words.join(" and ")} deleted`;
}
