import { compareDevices } from "../devices";
import type { Environment } from "../environment/environment";
import type { VolumePolicy } from "../manifest";
import type { MemberVolume } from "./member";
import { serverLabel } from "./server";

/** What of a Cinder volume decides about its capture; field names are Cinder's. */
export interface VolumeView {
  id: string;
  name: string;
  status: string;
  /** GiB. */
  size: number;
  volume_type: string | null;
  /** The text `true` or `false`. */
  bootable: string;
  multiattach?: boolean | undefined;
  attachments: readonly { server_id: string; device: string | null }[];
}

/** What the user and the environment say about volumes. */
export interface VolumeWishes {
  /** By name or id of a volume; goes before what the environment says. */
  policies: Readonly<Record<string, VolumePolicy>>;
  environment: Pick<Environment, "nodes"> | null;
}

/** A server whose volumes are looked at. */
interface Owner {
  name: string;
  uuid: string;
  volumeIds: readonly string[];
  isVolumeBacked: boolean;
}

/**
 * The volumes of a server in the order of their devices, each with what the set does with it.
 *
 * @param volumes by id
 */
export function volumesOf(
  owner: Owner,
  volumes: ReadonlyMap<string, VolumeView>,
  wishes: VolumeWishes,
): MemberVolume[] {
  const found = owner.volumeIds
    .flatMap((id) => volumes.get(id) ?? [])
    .map((volume) => ({
      name: volume.name === "" ? volume.id : volume.name,
      volumeId: volume.id,
      device: deviceOf(volume, owner),
      sizeGb: volume.size,
      type: volume.volume_type,
      isBootable: volume.bootable === "true",
    }))
    .toSorted((a, b) => compareDevices(a.device, b.device));
  const root = owner.isVolumeBacked ? found.find((it) => it.isBootable) : undefined;
  return found.map(({ isBootable, ...volume }) => {
    const isRoot = isBootable && volume.volumeId === root?.volumeId;
    return { ...volume, isRoot, policy: isRoot ? "include" : policyOf(volume, owner, wishes) };
  });
}

/** A root disk that the configuration or the environment wants left out. */
export function rootProblems(
  owner: Owner,
  volumes: readonly MemberVolume[],
  wishes: VolumeWishes,
): string[] {
  return volumes.flatMap((volume) => {
    const policy = volume.isRoot ? policyOf(volume, owner, wishes) : "include";
    return policy === "include"
      ? []
      : [
          `volume ${volume.name} of ${serverLabel(owner)} is its root disk and cannot be left out: ` +
            `take ${policy} off it, or the server out of the capture`,
        ];
  });
}

/** What stops a capture about the volumes of one server, each with what to do. */
export function volumeProblems(owner: Owner, volumes: ReadonlyMap<string, VolumeView>): string[] {
  const what = serverLabel(owner);
  return owner.volumeIds.flatMap((id) => {
    const volume = volumes.get(id);
    if (volume === undefined) {
      return [`${what} has volume ${id}, which this project cannot see: detach it`];
    }
    return volume.status === "in-use" || volume.status === "available"
      ? []
      : [
          `volume ${volume.name} (${id}) of ${what} is ${volume.status}; ` +
            "it must be in-use: wait until that is over, or reset its state",
        ];
  });
}

/**
 * A volume on two servers: both would be members that hold it, or somebody else goes on writing to
 * it while its snapshot is made.
 */
export function sharedVolumeProblems(
  owners: readonly Owner[],
  volumes: ReadonlyMap<string, VolumeView>,
): string[] {
  const names = new Map(owners.map(({ uuid, name }) => [uuid, name]));
  const first = new Map<string, string>();
  return owners.flatMap(({ name, uuid, volumeIds }) =>
    volumeIds.flatMap((id) => {
      const earlier = first.get(id);
      first.set(id, earlier ?? name);
      const strangers = (volumes.get(id)?.attachments ?? [])
        .map(({ server_id }) => server_id)
        .filter((server) => server !== uuid && !names.has(server));
      const others = [
        ...(earlier === undefined ? [] : [earlier]),
        ...strangers.map((server) => `server ${server}, which is not in the capture,`),
      ];
      return others.map(
        (other) =>
          `volume ${id} is attached to ${other} and to ${name}: a set cannot restore a shared volume; detach it from one`,
      );
    }),
  );
}

/** Policies of the configuration that are about no volume of the capture. */
export function policyProblems(
  policies: VolumeWishes["policies"],
  volumes: ReadonlyMap<string, VolumeView>,
): string[] {
  const known = [...volumes.values()];
  return Object.keys(policies).flatMap((key) =>
    known.some(({ id, name }) => id === key || name === key)
      ? []
      : [
          `snapset:volumes.${key}: no server of the capture has such a volume; ` +
            `there is ${known.map(({ id, name }) => name || id).join(", ") || "none"}`,
        ],
  );
}

function deviceOf({ attachments }: VolumeView, { uuid }: Owner): string | null {
  return attachments.find((attachment) => attachment.server_id === uuid)?.device ?? null;
}

function policyOf(
  { name, volumeId }: { name: string; volumeId: string },
  owner: Owner,
  { policies, environment }: VolumeWishes,
): VolumePolicy {
  const node = environment?.nodes.find((candidate) => candidate.name === owner.name);
  const declared = node?.volumes.find((candidate) => candidate.name === name)?.capture;
  return said(policies, volumeId) ?? said(policies, name) ?? declared ?? "include";
}

/** A volume may be called `constructor`. */
function said(policies: VolumeWishes["policies"], key: string): VolumePolicy | undefined {
  return Object.hasOwn(policies, key) ? policies[key] : undefined;
}
