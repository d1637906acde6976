import { counted } from "../../common/counted";
import type { Context } from "../context";
import { ifThere } from "../tolerate";
import { listOwnImages } from "../glance/images";
import type { SetIdentity } from "../platform";
import { abortSnapshots } from "./abort";

/**
 * Aborts the snapshots of a set that are under way or failed, so that their nodes are active again, and
 * then removes the images of its machines. Only what carries the set's identity is touched; the
 * machines keep what is on them.
 *
 * @returns what was done, in words
 */
export async function removeNodes(set: SetIdentity, context: Context): Promise<string> {
  const { cloud } = context;
  const aborted = await abortSnapshots(set, context);
  const found = await listOwnImages(context, set.snapId, set.instances);
  await Promise.all(
    found.map(({ image }) => {
      context.report(`delete ${image.name}`);
      return ifThere(cloud.image.deleteImage(image.id));
    }),
  );
  const deleted = `${counted(found.length, "image")} of machines deleted`;
  return aborted.length === 0 ? deleted : `snapshots aborted: ${aborted.join(", ")}; ${deleted}`;
}
