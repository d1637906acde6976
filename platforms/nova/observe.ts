import type { Image, Server, Snapshot, Volume } from "../../openstack";
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
  instances: readonly Pick<Instance, "name" | "uuid">[],
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
