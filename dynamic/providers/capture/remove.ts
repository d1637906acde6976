import { isNotFound } from "../../../openstack";
import { manifestProperty, snapIdProperty } from "../../../snapset/identity";
import type { Context } from "../context";
import type { CaptureOutputs } from "./types";

/**
 * Removes a set's images: uncommitted first, so that nobody selects a set that is going away, then
 * deleted in parallel. Only images that carry the set's identity are touched.
 *
 * @returns how many were deleted
 */
export async function removeImages(outputs: CaptureOutputs, context: Context): Promise<number> {
  const { cloud } = context;
  const images = await cloud.image.listImages({
    [snapIdProperty]: outputs.snapId,
    owner: cloud.projectId,
  });
  const servers = new Set(outputs.instances.map((instance) => instance.uuid));
  const ours = images.filter((image) => servers.has(String(image["instance_uuid"])));
  const anchors = ours.filter((image) => Boolean(image[manifestProperty]));
  await Promise.all(
    anchors.map((image) =>
      ignoreNotFound(
        cloud.image.updateImage(image.id, [
          { op: "replace", path: `/${manifestProperty}`, value: "" },
          { op: "replace", path: "/tags", value: [] },
        ]),
      ),
    ),
  );
  await Promise.all(
    ours.map((image) => {
      context.report(`delete ${image.name}`);
      return ignoreNotFound(cloud.image.deleteImage(image.id));
    }),
  );
  return ours.length;
}

async function ignoreNotFound(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
