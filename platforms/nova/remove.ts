import { counted } from "../../common/counted";
import type { Image } from "../../openstack";
import { manifestProperty } from "../../snapset/identity";
import type { Instance } from "../../snapset/snapsetData";
import type { Context } from "../context";
import { deleteSnapshots } from "./deleteSnapshots";
import { ifThere } from "./ifThere";
import { listOwnImages, observeSnapshots } from "./observe";

/** What says which images and snapshots are a set's. */
export interface SetIdentity {
  snapId: string;
  instances: Pick<Instance, "name" | "uuid">[];
  deadlines: { stop: number };
}

/**
 * Removes a set: uncommitted first, so that nobody selects a set that is going away, then its
 * snapshots and images, in parallel. Only what carries the set's identity is touched.
 *
 * @returns what was deleted, in words
 */
export async function removeSet(set: SetIdentity, context: Context): Promise<string> {
  const { cloud } = context;
  const found = await listOwnImages(context, set.snapId, set.instances);
  const ours = found.map(({ image }) => image);
  await Promise.all(ours.filter(isAnchor).map((image) => uncommit(image, context)));
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

function isAnchor(image: Image): boolean {
  return Boolean(image[manifestProperty]);
}

async function uncommit({ id }: Image, { cloud }: Context): Promise<void> {
  await ifThere(
    cloud.image.updateImage(id, [
      { op: "replace", path: `/${manifestProperty}`, value: "" },
      { op: "replace", path: "/tags", value: [] },
    ]),
  );
}
