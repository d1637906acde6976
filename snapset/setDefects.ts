import { tagsOf } from "./identity";
import type { Manifest, ManifestMember, ManifestVolume } from "./manifest";
import type { SetImage, SetSnapshot } from "./sets";

/** Why a set is not what its manifest says, as sentences; empty when it is. */
export function manifestDefects(
  manifest: Manifest,
  images: readonly SetImage[],
  snapshots: readonly SetSnapshot[],
): string[] {
  const imagesById = new Map(images.map((image) => [image.id, image]));
  const snapshotsById = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  return manifest.members.flatMap((member) =>
    [
      ...imageDefects(member, imagesById.get(member.imageId), manifest),
      ...member.volumes
        .filter(({ policy }) => policy === "include")
        .flatMap((volume) => volumeDefects(volume, snapshotsById)),
    ].map((defect) => `member ${member.name}: ${defect}`),
  );
}

/** The image of a server that boots from a volume has no data: it is right when it is active. */
function imageDefects(
  member: ManifestMember,
  image: SetImage | undefined,
  manifest: Manifest,
): string[] {
  const what = `image ${member.imageId}`;
  if (image === undefined) return [`${what} is gone`];
  if (image.status !== "active") return [`${what} is ${image.status}`];
  const isEmpty = member.volumes.some(({ isRoot }) => isRoot);
  return [...(isEmpty ? [] : dataDefects(member, image)), ...tagDefects(member, image, manifest)];
}

function dataDefects({ hashValue, sizeBytes }: ManifestMember, image: SetImage): string[] {
  const what = `image ${image.id}`;
  if (hashValue !== null && image.os_hash_value !== hashValue) {
    return [`${what} has another checksum than at the capture`];
  }
  return image.size === sizeBytes
    ? []
    : [`${what} has ${image.size ?? 0} bytes, at the capture it had ${sizeBytes}`];
}

/** Tags are not inherited as properties are: a committed member has them all. */
function tagDefects(
  { name, role, macAddresses }: ManifestMember,
  image: SetImage,
  { snapId, environmentName, capturedAt, members }: Manifest,
): string[] {
  const identity = {
    snapId,
    environment: environmentName,
    member: name,
    role,
    macAddresses,
    members: members.length,
    capturedAt: new Date(capturedAt),
  };
  return tagsOf(identity)
    .filter((tag) => !image.tags.includes(tag))
    .map((tag) => `image ${image.id} lacks the tag ${tag}`);
}

/** Another project's snapshots cannot be seen, so that one is not there need not mean it is gone. */
function volumeDefects(
  { name, volumeId, sizeGb, snapshotId }: ManifestVolume,
  snapshots: ReadonlyMap<string, SetSnapshot>,
): string[] {
  if (snapshotId === null) return [`its volume ${name} has no snapshot`];
  const snapshot = snapshots.get(snapshotId);
  const what = `snapshot ${snapshotId} of its volume ${name}`;
  if (snapshot === undefined) return [`${what} is not there`];
  if (snapshot.status !== "available") return [`${what} is ${snapshot.status}`];
  return [
    ...(snapshot.volume_id === volumeId
      ? []
      : [`${what} is one of volume ${snapshot.volume_id}, not of ${volumeId}`]),
    ...(snapshot.size === sizeGb
      ? []
      : [`${what} has ${snapshot.size} GiB, at the capture it had ${sizeGb}`]),
  ];
}
