import { exceededBy, type Quota } from "../quotas";
import type { MemberVolume } from "./member";

const exceeded = exceededBy("delete sets that are no longer needed");

/** Quotas of a project by a service's own keys; a service that does not tell any is not judged. */
export type Quotas = Readonly<Record<string, Quota>>;

/**
 * What the images of a set would need more of than the project may have, as sentences.
 *
 * @param images how many are still to be made, the journal included
 * @param quotas Glance's: `image_count_total`, `image_size_total` (MiB)
 */
export function imageQuotaProblems(images: number, quotas: Quotas): string[] {
  return [
    ...exceeded("Glance's image_count_total", images, quotas["image_count_total"]),
    // The size of an image is known only when it is made; a quota that is used up is known now.
    ...exceeded("Glance's image_size_total (MiB)", images > 0 ? 1 : 0, quotas["image_size_total"]),
  ];
}

/**
 * The same of the snapshots of volumes, in all and of each type.
 *
 * @param volumes of which a snapshot is still to be made
 * @param quotas Cinder's: `snapshots`, `gigabytes`, `snapshots_<type>`, `gigabytes_<type>`
 */
export function volumeQuotaProblems(
  volumes: readonly Pick<MemberVolume, "sizeGb" | "type">[],
  quotas: Quotas,
): string[] {
  const types = new Set(volumes.flatMap(({ type }) => type ?? []));
  return [
    ...snapshotProblems("", volumes, quotas),
    ...[...types].flatMap((type) =>
      snapshotProblems(
        `_${type}`,
        volumes.filter((volume) => volume.type === type),
        quotas,
      ),
    ),
  ];
}

function snapshotProblems(
  suffix: string,
  volumes: readonly Pick<MemberVolume, "sizeGb">[],
  quotas: Quotas,
): string[] {
  const gigabytes = volumes.reduce((sum, { sizeGb }) => sum + sizeGb, 0);
  const [snapshots, size] = [`snapshots${suffix}`, `gigabytes${suffix}`];
  return [
    ...exceeded(`Cinder's ${snapshots}`, volumes.length, quotas[snapshots]),
    ...exceeded(`Cinder's ${size}`, gigabytes, quotas[size]),
  ];
}
