import { InputError } from "../../common/errors";
import type { Image, Server, Snapshot, Volume } from "../../openstack";
import { decodeJournal, journalTag, type StoredJournal } from "../../snapset/capture/journal";
import type { ServerView } from "../../snapset/capture/server";
import { imageNameOf, snapIdProperty } from "../../snapset/identity";
import type { Instance } from "../../snapset/snapsetData";
import { addressesOf } from "./addresses";
import type { Context } from "../context";

/** The servers of the capture, by uuid, from one list call. */
export async function observeServers(
  { cloud }: Context,
  instances: readonly Instance[],
): Promise<Map<string, ServerView>> {
  const wanted = new Set(instances.map((instance) => instance.uuid));
  const servers = await cloud.compute.listServers();
  return new Map(
    servers.filter((server) => wanted.has(server.id)).map((server) => [server.id, viewOf(server)]),
  );
}

/** The images of a set, by member. */
export interface SetImages {
  members: Map<string, Image>;
  /** Second images of members: left by a request whose answer was lost. */
  extras: Image[];
}

type ServerName = Pick<Instance, "name" | "uuid">;

/**
 * Whether an image with this set's properties is that of the server, and did not merely inherit
 * them, taken of one that was restored from this set. Nova writes `instance_uuid` on each snapshot
 * but those of volume-backed servers (nova `compute/api.py`, snapshot_volume_backed): of these we
 * write it ourselves, and so it is inherited too. Their name is not.
 */
function isImageOf(image: Image, { name, uuid }: ServerName, snapId: string): boolean {
  if (image["instance_uuid"] !== uuid) return false;
  const isVolumeBacked = image["block_device_mapping"] !== undefined;
  return !isVolumeBacked || image.name === imageNameOf(name, snapId);
}

/** The images that this set has of the servers, finished or not, from one list call. */
export async function listOwnImages<I extends ServerName>(
  { cloud }: Context,
  snapId: string,
  instances: readonly I[],
): Promise<{ image: Image; instance: I }[]> {
  const byUuid = new Map(instances.map((instance) => [instance.uuid, instance]));
  const images = await cloud.image.listImages({ [snapIdProperty]: snapId, owner: cloud.projectId });
  return images.flatMap((image) => {
    const instance = byUuid.get(String(image["instance_uuid"]));
    if (instance === undefined || !isImageOf(image, instance, snapId)) return [];
    return [{ image, instance }];
  });
}

/** The images that count as members of this set, from one list call. */
export async function observeImages(
  context: Context,
  snapId: string,
  instances: readonly Instance[],
): Promise<SetImages> {
  const members = new Map<string, Image>();
  const extras: Image[] = [];
  for (const { image, instance } of await listOwnImages(context, snapId, instances)) {
    if (image["snapset_member"] !== instance.name) continue;
    const other = members.get(instance.name);
    const [best, extra] =
      other !== undefined && !isBetter(image, other) ? [other, image] : [image, other];
    members.set(instance.name, best);
    if (extra !== undefined) extras.push(extra);
  }
  return { members, extras };
}

/** Of two images of one member the finished one counts, else the one that was begun first. */
function isBetter(a: Image, b: Image): boolean {
  if ((a.status === "active") !== (b.status === "active")) return a.status === "active";
  return a.created_at < b.created_at || (a.created_at === b.created_at && a.id < b.id);
}

/** The volumes of some servers, by id, from one list call; none is made when they have none. */
export async function observeVolumes(
  { cloud }: Context,
  servers: Iterable<ServerView>,
): Promise<Map<string, Volume>> {
  const wanted = new Set([...servers].flatMap((server) => server.volumeIds));
  if (wanted.size === 0) return new Map();
  const volumes = await cloud.blockStorage.listVolumes();
  return new Map(
    volumes.filter((volume) => wanted.has(volume.id)).map((volume) => [volume.id, volume]),
  );
}

/**
 * The snapshots of a set, from one list call: those that carry its identity, those that the images
 * of volume-backed servers name, and those that Nova made for such an image that never came to be.
 */
export async function observeSnapshots(
  { cloud }: Context,
  snapId: string,
  instances: readonly ServerName[],
  images: Iterable<Image>,
): Promise<Snapshot[]> {
  const novas = new Set([...images].flatMap(snapshotIdsOf));
  const names = new Set(
    // nova `compute/api.py`, snapshot_volume_backed
    instances.map(({ name }) => `snapshot for ${imageNameOf(name, snapId)}`),
  );
  const snapshots = await cloud.blockStorage.listSnapshots();
  return snapshots.filter(
    ({ id, name, metadata }) =>
      metadata[snapIdProperty] === snapId || novas.has(id) || names.has(name),
  );
}

/** The snapshots that the image of a volume-backed server names, in the order of its devices. */
export function snapshotIdsOf(image: Image): string[] {
  const text = image["block_device_mapping"];
  const mappings =
    typeof text === "string" ? (JSON.parse(text) as { snapshot_id?: unknown }[]) : [];
  return mappings.map(({ snapshot_id }) => snapshot_id).filter((id) => typeof id === "string");
}

/** The journals of all captures in this project that are under way or were interrupted. */
export async function observeJournals({ cloud, warn }: Context): Promise<StoredJournal[]> {
  const images = await cloud.image.listImages({ tags: [journalTag], owner: cloud.projectId });
  return images.flatMap((image) => {
    try {
      return decodeJournal(image);
    } catch (error) {
      // It may be anybody's: it must not stop the captures of all the others.
      if (!(error instanceof InputError)) throw error;
      warn(error.message);
      return [];
    }
  });
}

function viewOf(server: Server): ServerView {
  const addresses = addressesOf(server);
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    "OS-EXT-STS:task_state": server["OS-EXT-STS:task_state"],
    hostId: server.hostId,
    image: server.image,
    flavorId: server.flavor.id,
    updated: server.updated,
    fault: server.fault,
    macAddresses: [...new Set(addresses.map((address) => address["OS-EXT-IPS-MAC:mac_addr"]))],
    volumeIds: server["os-extended-volumes:volumes_attached"].map((volume) => volume.id),
  };
}
