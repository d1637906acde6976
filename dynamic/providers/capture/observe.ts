import type { Image, Server } from "../../../openstack";
import { snapIdProperty } from "../../../snapset/identity";
import type { ServerView } from "../../../snapset/preflight";
import type { Instance } from "../../../snapset/snapsetData";
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

/**
 * The images that this set has, by member, from one list call.
 *
 * Nova writes `instance_uuid` on each snapshot. With it an image that merely inherited the set's
 * properties, taken of a server that was restored from this set, is told from a member.
 */
export async function observeImages(
  { cloud }: Context,
  snapId: string,
  instances: readonly Instance[],
): Promise<Map<string, Image>> {
  const images = await cloud.image.listImages({ [snapIdProperty]: snapId, owner: cloud.projectId });
  const members = new Map<string, Image>();
  for (const instance of instances) {
    const [image] = images.filter(
      (candidate) =>
        candidate["snapset_member"] === instance.name &&
        candidate["instance_uuid"] === instance.uuid &&
        candidate.status !== "deleted",
    );
    if (image !== undefined) members.set(instance.name, image);
  }
  return members;
}

function viewOf(server: Server): ServerView {
  const addresses = Object.values(server.addresses).flat();
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    "OS-EXT-STS:task_state": server["OS-EXT-STS:task_state"],
    image: server.image,
    fault: server.fault,
    macAddresses: [...new Set(addresses.map((address) => address["OS-EXT-IPS-MAC:mac_addr"]))],
    volumeIds: server["os-extended-volumes:volumes_attached"].map((volume) => volume.id),
  };
}
