import type { Image } from "../../openstack";
import { anchorOf, type Member } from "../../snapset/capture/member";
import { manifestProperty, tagsOf } from "../../snapset/identity";
import { decodeManifest, encodeManifest, type Manifest } from "../../snapset/manifest";
import type { Context } from "../context";
import { patchTags } from "../nova/patch";

/** The commit: tags and manifest reach the anchor together; from here on the set exists. */
export async function commit(
  manifest: Manifest,
  members: readonly Member[],
  context: Context,
): Promise<void> {
  const anchor = anchorOf(members);
  const imageId = manifest.members.find(({ name }) => name === anchor.instance.name)?.imageId;
  if (imageId === undefined) throw new RangeError("the anchor is no member of the manifest");
  await patchTags(context, imageId, tagsOf(anchor.identity), encodeManifest(manifest));
  decodeManifest(await context.cloud.image.showImage(imageId), `image ${imageId}`);
}

/** The manifest of a set that is committed already, from its images; undefined when it is not. */
export function committedManifest(images: Iterable<Image>, snapId: string): Manifest | undefined {
  for (const image of images) {
    // A server that was restored from another set hands its cut manifest on, without the tag.
    if (!image[manifestProperty] || !image.tags.includes(`snap_id=${snapId}`)) continue;
    return decodeManifest(image, `image ${image.id}`);
  }
  return undefined;
}
