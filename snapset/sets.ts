import { messageOf } from "../common/errors";
import { manifestProperty, snapIdProperty } from "./identity";
import { decodeManifest, type Manifest } from "./manifest";
import { manifestDefects } from "./setDefects";

/** What of a Glance image decides about sets; its field names are Glance's. */
export interface SetImage {
  id: string;
  name: string;
  status: string;
  owner: string;
  created_at: string;
  tags: readonly string[];
  /** Bytes; null until Glance has them all. */
  size?: number | null;
  os_hash_value?: string | null;
  [property: string]: unknown;
}

/** What of a Cinder snapshot decides about sets; its field names are Cinder's. */
export interface SetSnapshot {
  id: string;
  status: string;
  volume_id: string;
  /** GiB. */
  size: number;
}

export interface SetMember {
  name: string;
  role: string;
  imageId: string;
  status: string;
  macAddress: string;
}

/** One capture as its images show it. */
export interface SnapsetRecord {
  snapId: string;
  /** The project that owns the images. */
  owner: string;
  createdAt: Date;
  /** `snapset`: made by this tool, with a manifest once committed. `hotstack`: tags only. */
  madeBy: "snapset" | "hotstack";
  members: SetMember[];
  manifest?: Manifest;
  /** Why the set is not complete, as sentences; empty when it is. */
  defects: string[];
}

/**
 * Puts images together to sets, by owner and snap_id tag. The tag decides and not the property:
 * Nova copies properties from the image that a server was booted from, tags it does not.
 *
 * @param images all images tagged `hotstack-snapset`
 * @param snapshots of the project's volumes; without them a set that has some is not complete, see
 * {@link hasSnapshots}
 */
export function assembleSets(
  images: readonly SetImage[],
  snapshots: readonly SetSnapshot[] = [],
): SnapsetRecord[] {
  const groups = new Map<string, SetImage[]>();
  for (const image of images) {
    const snapId = tagValue(image, "snap_id");
    if (snapId === undefined) continue;
    const key = `${image.owner}/${snapId}`;
    groups.set(key, [...(groups.get(key) ?? []), image]);
  }
  return [...groups.values()].map((group) => assembleSet(group, snapshots));
}

/** Whether a set holds data of volumes: it can be judged only together with their snapshots. */
export function hasSnapshots({ manifest }: SnapsetRecord): boolean {
  const volumes = manifest?.members.flatMap((member) => member.volumes) ?? [];
  return volumes.some(({ policy }) => policy === "include");
}

function assembleSet(images: SetImage[], snapshots: readonly SetSnapshot[]): SnapsetRecord {
  const ordered = images.toSorted((a, b) => a.name.localeCompare(b.name));
  const snapId = tagValue(ordered[0], "snap_id") ?? "";
  const ours = ordered.some((image) => image[snapIdProperty] === snapId);
  const anchor = ordered.find((image) => manifestText(image, snapId) !== undefined);
  const base = {
    snapId,
    owner: ordered[0]?.owner ?? "",
    createdAt: new Date(Math.max(...ordered.map((image) => Date.parse(image.created_at)))),
    members: ordered.map(toMember),
  };
  if (!ours) {
    return { ...base, madeBy: "hotstack", defects: imageDefects(ordered) };
  }
  if (anchor === undefined) {
    const defects = ["it was never committed: no image of it carries a manifest"];
    return { ...base, madeBy: "snapset", defects };
  }
  return { ...base, madeBy: "snapset", ...readManifest(anchor, ordered, snapshots, snapId) };
}

function readManifest(
  anchor: SetImage,
  images: SetImage[],
  snapshots: readonly SetSnapshot[],
  snapId: string,
): { manifest?: Manifest; defects: string[] } {
  try {
    const manifest = decodeManifest(anchor, `image ${anchor.id}`);
    return manifest.snapId === snapId
      ? { manifest, defects: manifestDefects(manifest, images, snapshots) }
      : { defects: [`its manifest is that of ${manifest.snapId}`] };
  } catch (error) {
    return { defects: [messageOf(error)] };
  }
}

/** The text of a manifest that is the image's own and not inherited (cut, and of another set). */
function manifestText(image: SetImage, snapId: string): string | undefined {
  const text = image[manifestProperty];
  return image[snapIdProperty] === snapId && typeof text === "string" && text !== ""
    ? text
    : undefined;
}

function imageDefects(images: SetImage[]): string[] {
  return images.flatMap((image) =>
    image.status === "active" ? [] : [`image ${image.name} (${image.id}) is ${image.status}`],
  );
}

function toMember(image: SetImage): SetMember {
  return {
    name: tagValue(image, "name") ?? image.name,
    role: tagValue(image, "role") ?? "",
    imageId: image.id,
    status: image.status,
    macAddress: tagValue(image, "mac_address") ?? "",
  };
}

/** The value of the tag `key=value`; Hotstack's keys hold no `=`. */
function tagValue(image: SetImage | undefined, key: string): string | undefined {
  const prefix = `${key}=`;
  return image?.tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
}
