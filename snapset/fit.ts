import { flavorProblems, type FlavorView } from "./flavors";
import type { ManifestMember } from "./manifest";
import { rootVolumeOf } from "./setVolumes";
import type { SnapsetRecord } from "./sets";
import type { WantedNode } from "./environment/wantedNode";

/**
 * Why a set cannot be restored into these nodes, as sentences; empty when it can.
 *
 * @param flavors of the cloud; undefined where they do not matter
 */
export function fitProblems(
  set: SnapsetRecord,
  nodes: readonly WantedNode[],
  flavors: readonly FlavorView[] | undefined,
): string[] {
  return nodes.flatMap((node) => {
    const member = set.members.find((candidate) => candidate.name === node.name);
    if (member === undefined) {
      const names = set.members.map((candidate) => candidate.name).join(", ");
      return [`it has no image of node ${node.name}; it has ${names}`];
    }
    const captured = set.manifest?.members.find((candidate) => candidate.name === node.name);
    return [
      ...(member.role === node.role
        ? []
        : [`its ${node.name} is a ${member.role}, the environment's is a ${node.role}`]),
      ...bootProblems(node, captured),
      ...(flavors === undefined ? [] : flavorProblems(node, captured?.minDiskGb ?? 0, flavors)),
    ];
  });
}

/** A set that Hotstack made holds images only. */
function bootProblems(
  { name, bootsFromVolume }: WantedNode,
  captured: ManifestMember | undefined,
): string[] {
  const wasVolume = rootVolumeOf(captured?.volumes ?? []) !== undefined;
  if (wasVolume === bootsFromVolume) return [];
  return wasVolume
    ? [`its ${name} boots from a volume, the environment's from an image: give it a rootVolume`]
    : [`its ${name} boots from an image, the environment's from a volume: remove its rootVolume`];
}
