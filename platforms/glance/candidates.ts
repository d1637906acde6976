import { assembleSets, hasSnapshots, type SetImage, type SnapsetRecord } from "../../snapset/sets";
import type { Context } from "../context";

/**
 * The sets to choose from: with one list of the images of the one that is named, or of all for
 * `latest`; and where they hold volumes, one of the project's snapshots. All there are, to name them,
 * when the one that was asked for does not exist.
 */
export async function candidates(
  snapId: string,
  { cloud }: Pick<Context, "cloud">,
): Promise<SnapsetRecord[]> {
  const tags = ["hotstack-snapset"];
  const isLatest = snapId === "latest";
  const images = await cloud.image.listImages({
    tags: isLatest ? tags : [...tags, `snap_id=${snapId}`],
  });
  if (images.length === 0 && !isLatest) {
    return assembleSets((await cloud.image.listImages({ tags })) as SetImage[]);
  }
  const sets = assembleSets(images as SetImage[]);
  const isOurs = (set: SnapsetRecord) => set.owner === cloud.projectId;
  if (!sets.some((set) => isOurs(set) && hasSnapshots(set))) return sets;
  return assembleSets(images as SetImage[], await cloud.blockStorage.listSnapshots());
}
