import { connect, type Image } from "../openstack";
import {
  assembleSets,
  hasSnapshots,
  type SetImage,
  type SetSnapshot,
  type SnapsetRecord,
} from "../snapset/sets";

/** The sets that a project can see, or those of a namespace. */
export interface CloudSets {
  /** The namespace's name, where they are a namespace's. */
  projectId: string;
  owners: "project" | "namespace";
  /** The newest first. */
  sets: SnapsetRecord[];
  /** All the images that they are put together from. */
  images: SetImage[];
  /** The project's snapshots of volumes; none when no set needs them. */
  snapshots: SetSnapshot[];
  /** The cloud's time. */
  now: Date;
}

/**
 * Reads all sets with one listing of images, those tagged `hotstack-snapset`, and where a set holds
 * volumes one of snapshots. Images of a capture that has not finished with them have no tags yet and
 * are not seen.
 *
 * @throws {InputError} when there is no such cloud
 * @throws {ApiError} when a call fails
 */
export async function loadSets(options: Parameters<typeof connect>[0]): Promise<CloudSets> {
  const cloud = await connect(options);
  try {
    const listed = await cloud.image.listImages({ tags: ["hotstack-snapset"] });
    const images = listed.map(toSetImage);
    const isToList = assembleSets(images).some(hasSnapshots);
    const snapshots = isToList ? await cloud.blockStorage.listSnapshots() : [];
    const sets = assembleSets(images, snapshots);
    sets.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    const { projectId } = cloud;
    return { projectId, owners: "project", sets, images, snapshots, now: cloud.now() };
  } finally {
    await cloud.close();
  }
}

function toSetImage(image: Image): SetImage {
  return { ...image, owner: image.owner ?? "", os_hash_value: image.os_hash_value ?? null };
}
