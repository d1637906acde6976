import type { Image } from "../../openstack";
import { tagsOf, type MemberIdentity } from "../../snapset/identity";

/**
 * Why the image of a member is not as it must be before the commit, as sentences.
 *
 * @param isAnchor whether it is tagged by the commit only
 * @param dataDefects what its platform has to say against its data
 */
export function imageDefects(
  identity: MemberIdentity,
  image: Image | undefined,
  isAnchor: boolean,
  dataDefects: (image: Image) => readonly string[],
): string[] {
  if (image === undefined) return ["its image was deleted during the capture"];
  const missing = isAnchor ? [] : tagsOf(identity).filter((tag) => !image.tags.includes(tag));
  const what = `image ${image.id}`;
  return [
    ...(image.status === "active" ? [] : [`${what} is ${image.status}`]),
    ...dataDefects(image),
    ...missing.map((tag) => `${what} lacks the tag ${tag}`),
  ];
}
