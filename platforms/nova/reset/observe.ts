import type { Server, Volume } from "../../../openstack";
import { markKey } from "../../../snapset/reset/mark";
import type {
  ObservedNode,
  ResetNode,
  ServerView,
  VolumeView,
} from "../../../snapset/reset/resetNode";
import type { Context } from "../../context";

/** The nodes as the cloud shows them: from one list of servers, and one of volumes where there are any. */
export async function observeNodes(
  nodes: readonly ResetNode[],
  { cloud }: Context,
): Promise<ObservedNode[]> {
  const servers = new Map((await cloud.compute.listServers()).map((it) => [it.id, it]));
  const hasVolumes = nodes.some(
    ({ serverId, volumes }) => volumes.length > 0 || volumeIdsOf(servers.get(serverId)).length > 0,
  );
  const listed = hasVolumes ? await cloud.blockStorage.listVolumes() : [];
  const volumes = new Map(listed.map((volume) => [volume.id, volumeViewOf(volume)]));
  return nodes.map((node) => {
    const server = servers.get(node.serverId);
    return { node, server: server && serverViewOf(server), volumes };
  });
}

function serverViewOf(server: Server): ServerView {
  return {
    status: server.status,
    taskState: server["OS-EXT-STS:task_state"],
    imageId: server.image === "" ? "" : server.image.id,
    mark: server.metadata[markKey],
    isLocked: server.locked ?? false,
    fault: server.fault?.message,
    volumeIds: volumeIdsOf(server),
  };
}

function volumeIdsOf(server: Server | undefined): string[] {
  return server?.["os-extended-volumes:volumes_attached"].map(({ id }) => id) ?? [];
}

function volumeViewOf({ id, name, status, attachments }: Volume): VolumeView {
  return { id, name, status, attachments };
}
