import type { Image, Snapshot } from "../../openstack";
import { ranSince } from "../../snapset/capture/adoption";
import { disturbanceOf } from "../../snapset/capture/disturbance";
import { indicationsOf, isVolumeBacked, type Member } from "../../snapset/capture/member";
import type { CaptureProgress } from "../../snapset/capture/progress";
import { imageNameOf } from "../../snapset/identity";
import type { ManifestMember } from "../../snapset/manifest";
import type { Context } from "../context";
import { CaptureFailure } from "../capture/failure";
import { imageDefects } from "../glance/imageDefects";
import { observeImages } from "../glance/images";
import type { CaptureRun } from "../platform";
import type { MadeMembers } from "./makeMembers";
import { observeServers } from "./observe";
import type { CaptureInputs } from "../capture/types";

/**
 * Reads every image and every server once more, and describes them for the manifest.
 *
 * @throws {CaptureFailure} naming each member that is not as it must be
 */
export async function verify(
  members: readonly Member[],
  made: MadeMembers,
  inputs: CaptureInputs,
  { journal, anchor }: Pick<CaptureRun, "journal" | "anchor">,
  context: Context,
): Promise<ManifestMember[]> {
  const [{ members: images }, servers] = await Promise.all([
    observeImages(context, inputs.snapId, inputs.instances),
    observeServers(context, inputs.instances),
  ]);
  const defects = await Promise.all(
    members.map(async (member) => {
      const server = servers.get(member.instance.uuid);
      const image = images.get(member.instance.name);
      const disturbance = disturbanceOf(member, server, inputs.consistency);
      return [
        ...imageDefects(member.identity, image, member.instance.name === anchor, (it) =>
          emptyDefects(member, it),
        ),
        ...(disturbance === undefined ? [] : [disturbance]),
        ...(await runDefects(member, server?.updated, image, made, inputs, context)),
      ].map((defect) => `image of ${member.instance.name} failed: ${defect}`);
    }),
  );
  if (defects.flat().length > 0) throw new CaptureFailure(defects.flat().join("\n"));
  return members.flatMap((member) => {
    const image = images.get(member.instance.name);
    return image === undefined
      ? []
      : [manifestMember(member, image, made.snapshots, inputs, journal.progress)];
  });
}

/** That of a server which boots from a volume only names snapshots. */
function emptyDefects(member: Member, { id, size }: Image): string[] {
  return (size ?? 0) === 0 && !isVolumeBacked(member) ? [`image ${id} is empty`] : [];
}

/**
 * Whether the guest ran between the stop and now, though it is off. Nova is asked only of servers
 * that have changed since their image was finished.
 */
async function runDefects(
  { instance }: Member,
  updated: string | undefined,
  image: Image | undefined,
  { settled }: MadeMembers,
  { consistency }: CaptureInputs,
  { cloud }: Context,
): Promise<string[]> {
  if (consistency !== "shutdown" || image === undefined || updated === undefined) return [];
  if (settled.get(instance.name) === updated) return [];
  const ran = ranSince(image.created_at, await cloud.compute.listInstanceActions(instance.uuid));
  return ran === undefined
    ? []
    : [`somebody let its server run during the capture (${ran.action} at ${ran.start_time})`];
}

function manifestMember(
  member: Member,
  image: Image,
  snapshots: ReadonlyMap<string, Snapshot>,
  { consistency }: CaptureInputs,
  { stopped }: CaptureProgress,
): ManifestMember {
  const { instance, identity, flavor, volumes } = member;
  const isRunning = consistency !== "shutdown" && member.server.status === "ACTIVE";
  const { stop, seconds } = stopped[instance.name] ?? {
    stop: isRunning ? ("running" as const) : ("found" as const),
    seconds: null,
  };
  return {
    name: instance.name,
    role: instance.role,
    imageId: image.id,
    imageName: imageNameOf(instance.name, identity.snapId),
    platform: "nova",
    serverId: instance.uuid,
    macAddresses: [...identity.macAddresses],
    sizeBytes: image.size ?? 0,
    minDiskGb: image.min_disk,
    hashAlgo: image.os_hash_algo ?? null,
    hashValue: image.os_hash_value ?? null,
    flavor,
    stop,
    stopSeconds: seconds,
    indications: indicationsOf(member, isRunning),
    volumes: volumes.map((volume) => ({
      ...volume,
      snapshotId: snapshots.get(volume.volumeId)?.id ?? null,
    })),
    virtualMachine: null,
    bareMetal: null,
  };
}
