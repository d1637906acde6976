import type { WantedNode } from "./environment/wantedNode";

/** What of a flavor decides about a restore; field names are Nova's. */
export interface FlavorView {
  name: string;
  vcpus: number;
  /** MiB. */
  ram: number;
  /** GiB of the root disk; 0: as large as the image. */
  disk: number;
  /** MiB; 0 for none. */
  swap: number;
  /** GiB. */
  "OS-FLV-EXT-DATA:ephemeral": number;
}

const maxNamed = 10;

/**
 * Why a node cannot have the flavor that it names; nothing for one that the cloud does not have.
 *
 * @param minDiskGb what its image needs, GiB
 */
export function flavorProblems(
  { name, flavor, bootsFromVolume }: WantedNode,
  minDiskGb: number,
  flavors: readonly FlavorView[],
): string[] {
  const wanted = flavors.find((candidate) => candidate.name === flavor);
  if (wanted === undefined) return [];
  // Nova measures an image only against a root disk of the flavor's own (nova `compute/api.py`,
  // `_validate_flavor_image_nostatus`).
  if (bootsFromVolume || wanted.disk === 0 || wanted.disk >= minDiskGb) return [];
  const fitting = flavors
    .filter((it) => it.disk >= minDiskGb && it.vcpus >= wanted.vcpus && it.ram >= wanted.ram)
    .toSorted((a, b) => a.disk - b.disk || a.ram - b.ram || a.vcpus - b.vcpus);
  const advice = fitting.length === 0 ? "no flavor here would do" : `${namesOf(fitting)} would do`;
  return [
    `node ${name}: flavor ${flavor} has a disk of ${wanted.disk} GiB, ` +
      `its image needs ${minDiskGb}: ${advice}`,
  ];
}

function namesOf(flavors: readonly FlavorView[]): string {
  const names = flavors.slice(0, maxNamed).map(({ name }) => name);
  return names.join(", ") + (flavors.length > maxNamed ? ", …" : "");
}
