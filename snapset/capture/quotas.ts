import { exceededBy, type Quota } from "../quotas";
import type { MemberVolume } from "./member";

const exceeded = exceededBy("delete sets that are no longer needed");

/** What is left of the project's quotas; a service that does not tell is not judged. */
export interface Quotas {
  /** Cinder's, by its own keys: `snapshots`, `gigabytes`, `snapshots_<type>`, `gigabytes_<type>`. */
  blockStorage: Readonly<Record<string, Quota>>;
  /** Glance's: `image_count_total`, `image_size_total` (MiB), `image_count_uploading`. */
  image: Readonly<Record<string, Quota>>;
}

/**
 * What the set would need more of than the project may have, as sentences.
 *
 * @param images how many images are still to be made, the journal included
 * @param volumes of which a snapshot is still to be made
 */
export function quotaProblems(
  images: number,
  volumes: readonly Pick<MemberVolume, "sizeGb" | "type">[],
  { blockStorage, image }: Quotas,
): string[] {
  const types = new Set(volumes.flatMap(({ type }) => type ?? []));
  return [
    ...exceeded("Glance's image_count_total", images, image["image_count_total"]),
    // The size of an image is known only when it is made; a quota that is used up is known now.
    ...exceeded("Glance's image_size_total (MiB)", images > 0 ? 1 : 0, image["image_size_total"]),
    ...snapshotProblems("", volumes, blockStorage),
    ...[...types].flatMap((type) =>
      snapshotProblems(
        `_${type}`,
        volumes.filter((volume) => volume.type === type),
        blockStorage,
      ),
    ),
  ];
}

function snapshotProblems(
  suffix: string,
  volumes: readonly Pick<MemberVolume, "sizeGb">[],
  quotas: Quotas["blockStorage"],
): string[] {
  const gigabytes = volumes.reduce((sum, { sizeGb }) => sum + sizeGb, 0);
  const [snapshots, size] = [`snapshots${suffix}`, `gigabytes${suffix}`];
  return [
    ...exceeded(`Cinder's ${snapshots}`, volumes.length, quotas[snapshots]),
    ...exceeded(`Cinder's ${size}`, gigabytes, quotas[size]),
  ];
}
