import type { Image } from "../../../openstack";
import { imageNameOf, manifestProperty, schemaVersion, tagsOf } from "../../../snapset/identity";
import { decodeManifest, encodeManifest, type Manifest } from "../../../snapset/manifest";
import type { Member } from "../../../snapset/preflight";
import type { Context } from "../context";
import { observeImages } from "./observe";
import { patchTags } from "./patch";
import type { CaptureInputs, CaptureProgress } from "./types";

/** The member that carries the manifest: the controller, else the first by name. */
export function anchorOf(members: readonly Member[]): Member {
  const byName = members.toSorted((a, b) => a.instance.name.localeCompare(b.instance.name));
  const anchor = byName.find((member) => member.instance.role === "controller") ?? byName[0];
  if (anchor === undefined) throw new RangeError("a set has at least one member");
  return anchor;
}

/**
 * Reads every image once more and describes the set.
 *
 * @throws {Error} naming each member that is not as it must be
 */
export async function verify(
  members: readonly Member[],
  inputs: CaptureInputs,
  progress: CaptureProgress,
  context: Context,
): Promise<Manifest> {
  const images = await observeImages(context, inputs.snapId, inputs.instances);
  const anchor = anchorOf(members).instance.name;
  const defects = members.flatMap((member) =>
    memberDefects(member, images.get(member.instance.name), member.instance.name === anchor),
  );
  if (defects.length > 0) throw new Error(`set ${inputs.snapId}: ${defects.join("; ")}`);
  return {
    schemaVersion,
    snapId: inputs.snapId,
    environmentName: inputs.environmentName,
    capturedAt: progress.capturedAt,
    notAfter: progress.notAfter,
    members: members.flatMap((member) => {
      const image = images.get(member.instance.name);
      return image === undefined ? [] : [manifestMember(member, image, progress)];
    }),
    cluster: progress.cluster,
    phases: progress.timings,
    environment: inputs.environment,
  };
}

/** The commit: tags and manifest reach the anchor together; from here on the set exists. */
export async function commit(
  manifest: Manifest,
  members: readonly Member[],
  context: Context,
): Promise<void> {
  const anchor = anchorOf(members);
  const imageId = manifest.members.find(({ name }) => name === anchor.instance.name)?.imageId;
  if (imageId === undefined) throw new RangeError("the anchor is no member of the manifest");
  await patchTags(context, imageId, tagsOf(anchor.identity), {
    [manifestProperty]: encodeManifest(manifest),
  });
  const image = await context.cloud.image.showImage(imageId);
  const stored = image[manifestProperty];
  decodeManifest(typeof stored === "string" ? stored : "", `image ${imageId}`);
}

function memberDefects(member: Member, image: Image | undefined, isAnchor: boolean): string[] {
  const { name } = member.instance;
  if (image === undefined) return [`the image of ${name} is gone`];
  const missing = isAnchor
    ? []
    : tagsOf(member.identity).filter((tag) => !image.tags.includes(tag));
  return [
    ...(image.status === "active" ? [] : [`the image of ${name} is ${image.status}`]),
    ...((image.size ?? 0) > 0 ? [] : [`the image of ${name} is empty`]),
    ...missing.map((tag) => `the image of ${name} lacks the tag ${tag}`),
  ];
}

function manifestMember(member: Member, image: Image, progress: CaptureProgress) {
  const { instance, identity, server } = member;
  return {
    name: instance.name,
    role: instance.role,
    imageId: image.id,
    imageName: imageNameOf(instance.name, identity.snapId),
    serverId: instance.uuid,
    macAddresses: [...identity.macAddresses],
    sizeBytes: image.size ?? 0,
    minDiskGb: image.min_disk,
    hashAlgo: image.os_hash_algo ?? null,
    hashValue: image.os_hash_value ?? null,
    stop: progress.stopped.includes(instance.name) ? ("stopped" as const) : ("found" as const),
    excludedVolumes: [...server.volumeIds],
  };
}
