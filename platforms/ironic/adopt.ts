import { listed } from "../../common/listed";
import { ranSinceSnapshot } from "../../snapset/ironic/adoption";
import type { Context } from "../context";
import { ifThere } from "../tolerate";
import { observeImages } from "../glance/images";
import type { Adopted, CaptureRun } from "../platform";
import type { NodeMember } from "./preflight";

/**
 * Looks at what an interrupted run has left: a snapshot under way is gone on with, an image that is
 * whole is taken over unless its machine has run since, a holder without data is used. Second images
 * of a machine are deleted.
 *
 * @param members as they were before this run changed anything
 */
export async function adoptNodes(
  members: readonly NodeMember[],
  { inputs }: CaptureRun,
  { cloud, ...context }: Context,
): Promise<Adopted> {
  const instances = members.map(({ instance }) => instance);
  const { members: images, extras } = await observeImages(
    { cloud, ...context },
    inputs.snapId,
    instances,
  );
  const isOff = inputs.consistency === "shutdown";
  const stale = members.flatMap(({ instance: { name }, node }) => {
    const image = images.get(name);
    const ran = image?.status === "active" ? ranSinceSnapshot(node, isOff) : undefined;
    return image === undefined || ran === undefined ? [] : [{ image, ran }];
  });
  const unwanted = [...extras, ...stale.map(({ image }) => image)];
  await Promise.all(unwanted.map(({ id }) => ifThere(cloud.image.deleteImage(id))));
  const found = `${images.size} of ${members.length} images of machines found`;
  const anew =
    stale.length === 0 ? "" : `; made anew because ${listed(stale.map(({ ran }) => ran))}`;
  return { found: images.size, stale: stale.length, evidence: found + anew };
}
