import type { FlavorView } from "./flavors";
import type { ManifestMember, ManifestVolume } from "./manifest";
import { dataVolumesOf, findVolume } from "./setVolumes";
import type { SnapsetRecord } from "./sets";
import type { WantedNode } from "./environment/wantedNode";

/** What a restore of a set into these nodes will not bring back as it was, as sentences. */
export function fitWarnings(
  { manifest }: SnapsetRecord,
  nodes: readonly WantedNode[],
  flavors: readonly FlavorView[],
): string[] {
  return nodes.flatMap((node) => {
    const member = manifest?.members.find((candidate) => candidate.name === node.name);
    const held = member?.volumes ?? [];
    return [
      ...partialWarnings(member),
      ...blankWarnings(node, held),
      ...lostWarnings(node, held),
      ...deviceWarnings(node, held, flavors),
    ].map((warning) => `node ${node.name}: ${warning}`);
  });
}

function partialWarnings(member: ManifestMember | undefined): string[] {
  if (member?.indications.includes("PartialSnapshot") !== true) return [];
  const out = member.volumes.filter(({ policy }) => policy !== "include").map(({ name }) => name);
  const which = out.length === 0 ? "" : `; nothing of ${out.join(", ")}`;
  return [`the set does not hold everything of it (PartialSnapshot)${which}`];
}

function blankWarnings({ volumes }: WantedNode, held: readonly ManifestVolume[]): string[] {
  const blank = volumes
    .filter(({ name, capture }) => {
      return capture === "include" && findVolume(held, name)?.policy !== "include";
    })
    .map(({ name }) => name);
  return blank.length === 0
    ? []
    : [`the set does not hold the data of ${blank.join(", ")}: made blank`];
}

function lostWarnings({ volumes }: WantedNode, held: readonly ManifestVolume[]): string[] {
  const declared = new Set(volumes.map(({ name }) => findVolume(held, name)));
  const lost = dataVolumesOf(held)
    .filter((volume) => volume.policy === "include" && !declared.has(volume))
    .map(({ name }) => name);
  return lost.length === 0
    ? []
    : [`the environment does not declare ${lost.join(", ")} of the set: the data are not restored`];
}

/**
 * Nova names devices by their order: the root disk, the flavor's own disks, volumes (nova
 * `virt/libvirt/blockinfo.py`, `get_disk_mapping`). A gap in the names does not come back.
 */
function deviceWarnings(
  { flavor, volumes }: WantedNode,
  held: readonly ManifestVolume[],
  flavors: readonly FlavorView[],
): string[] {
  const disks = flavors.find(({ name }) => name === flavor);
  if (disks === undefined) return [];
  const first = 1 + Number(disks["OS-FLV-EXT-DATA:ephemeral"] > 0) + Number(disks.swap > 0);
  return volumes
    .filter(({ capture }) => capture !== "exclude")
    .flatMap(({ name }, i) => {
      const was = findVolume(held, name)?.device;
      const comes = `/dev/vd${String.fromCharCode("a".charCodeAt(0) + first + i)}`;
      return was == null || !/^\/dev\/vd[b-z]$/.test(was) || was === comes
        ? []
        : [`volume ${name} was ${was}, it comes back as ${comes}`];
    });
}
