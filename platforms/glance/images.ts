import type { Image } from "../../openstack";
import { imageNameOf, snapIdProperty } from "../../snapset/identity";
import type { Instance } from "../../snapset/snapsetData";
import type { Context } from "../context";

/** The images of a set, by member. */
export interface SetImages {
  members: Map<string, Image>;
  /** Second images of members: left by a request whose answer was lost. */
  extras: Image[];
}

type ServerName = Pick<Instance, "name" | "uuid">;

/**
 * Whether an image with this set's properties is that of the server, and did not merely inherit
 * them: taken of one that was restored from this set, or by somebody of the very server after it was
 * put back to it in place. Names and tags are not inherited; an unfinished image has no tags yet.
 */
function isImageOf(image: Image, { name, uuid }: ServerName, snapId: string): boolean {
  const isNamed = image.name === imageNameOf(name, snapId);
  return image["instance_uuid"] === uuid && (isNamed || image.tags.includes(`snap_id=${snapId}`));
}

/** The images that this set has of the servers, finished or not, from one list call. */
export async function listOwnImages<I extends ServerName>(
  { cloud }: Context,
  snapId: string,
  instances: readonly I[],
): Promise<{ image: Image; instance: I }[]> {
  const byUuid = new Map(instances.map((instance) => [instance.uuid, instance]));
  const images = await cloud.image.listImages({ [snapIdProperty]: snapId, owner: cloud.projectId });
  return images.flatMap((image) => {
    const instance = byUuid.get(String(image["instance_uuid"]));
    if (instance === undefined || !isImageOf(image, instance, snapId)) return [];
    return [{ image, instance }];
  });
}

/** The images that count as members of this set, from one list call. */
export async function observeImages(
  context: Context,
  snapId: string,
  instances: readonly ServerName[],
): Promise<SetImages> {
  const members = new Map<string, Image>();
  const extras: Image[] = [];
  for (const { image, instance } of await listOwnImages(context, snapId, instances)) {
    if (image["snapset_member"] !== instance.name) continue;
    const other = members.get(instance.name);
    const [best, extra] =
      other !== undefined && !isBetter(image, other) ? [other, image] : [image, other];
    members.set(instance.name, best);
    if (extra !== undefined) extras.push(extra);
  }
  return { members, extras };
}

/** Of two images of one member the finished one counts, else the one that was begun first. */
function isBetter(a: Image, b: Image): boolean {
  if ((a.status === "active") !== (b.status === "active")) return a.status === "active";
  return a.created_at < b.created_at || (a.created_at === b.created_at && a.id < b.id);
}
