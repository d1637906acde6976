import { compareDevices } from "./devices";
import type { ManifestVolume } from "./manifest";

/** The data volumes of a member in the order of their devices. */
export function dataVolumesOf(volumes: readonly ManifestVolume[]): ManifestVolume[] {
  const data = volumes.filter(({ isRoot }) => !isRoot);
  return data.toSorted((a, b) => compareDevices(a.device, b.device));
}

/** The volume that a member boots from; undefined when it boots from its image. */
export function rootVolumeOf(volumes: readonly ManifestVolume[]): ManifestVolume | undefined {
  return volumes.find(({ isRoot }) => isRoot);
}

/**
 * The data volume of a member that an environment means by a name: Cinder's id or name of it. Cinder
 * lets several have one name; it is the first one's then, and the others go by their ids.
 */
export function findVolume(
  volumes: readonly ManifestVolume[],
  name: string,
): ManifestVolume | undefined {
  const data = dataVolumesOf(volumes);
  return data.find((it) => it.volumeId === name) ?? data.find((it) => it.name === name);
}
