import type { Volume } from "../../openstack";
import type { CapturedFlavor } from "../../snapset/capture/preflight";
import type { ServerView } from "../../snapset/capture/server";
import type { Instance } from "../../snapset/snapsetData";
import type { Context } from "../context";
import { ifThere } from "../tolerate";
import { observeServers } from "./observe";

/** The servers with all their MACs: Nova names no port that has no address. */
export async function observeServersWithPorts(
  context: Context,
  instances: readonly Instance[],
): Promise<Map<string, ServerView>> {
  const [servers, ports] = await Promise.all([
    observeServers(context, instances),
    context.cloud.network.listPorts({ project_id: context.cloud.projectId }),
  ]);
  for (const { device_id, mac_address } of ports) {
    const server = servers.get(device_id);
    if (server === undefined || server.macAddresses.includes(mac_address)) continue;
    servers.set(device_id, {
      ...server,
      macAddresses: [...server.macAddresses, mac_address],
    });
  }
  return servers;
}

/** The flavors of the servers, by id, with their extra specs. */
export async function observeFlavors(servers: ReadonlyMap<string, ServerView>, { cloud }: Context) {
  const used = new Set([...servers.values()].map((server) => server.flavorId));
  const flavors = (await cloud.compute.listFlavors()).filter(({ id }) => used.has(id));
  const entries = flavors.map(async (flavor): Promise<[string, CapturedFlavor]> => {
    const extraSpecs = await cloud.compute.listFlavorExtraSpecs(flavor.id);
    return [flavor.id, { ...flavor, extraSpecs }];
  });
  return new Map(await Promise.all(entries));
}

/** Properties of the images that the servers were booted from, as far as these are there still. */
export async function observeImageProperties(
  servers: ReadonlyMap<string, ServerView>,
  { cloud }: Context,
): Promise<Map<string, Readonly<Record<string, unknown>>>> {
  const ids = new Set([...servers.values()].flatMap(({ image }) => (image === "" ? [] : image.id)));
  const images = new Map(
    await Promise.all(
      [...ids].map(async (id) => [id, await ifThere(cloud.image.showImage(id))] as const),
    ),
  );
  return new Map(
    [...servers.values()].map(({ id, image }) => [
      id,
      (image === "" ? undefined : images.get(image.id)) ?? {},
    ]),
  );
}

/** Of a server that boots from a volume, Cinder keeps what the image said. */
export function addVolumeImageProperties(
  properties: Map<string, Readonly<Record<string, unknown>>>,
  servers: ReadonlyMap<string, ServerView>,
  volumes: ReadonlyMap<string, Volume>,
): void {
  for (const { id, image, volumeIds } of servers.values()) {
    if (image !== "") continue;
    const root = volumeIds
      .map((volumeId) => volumes.get(volumeId))
      .find((volume) => volume?.bootable === "true");
    properties.set(id, root?.volume_image_metadata ?? {});
  }
}
