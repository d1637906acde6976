import { z } from "zod";
import type { ServiceClient } from "../http/ServiceClient";
import {
  availabilityZonesSchema,
  computeLimitsSchema,
  flavorSchema,
  instanceActionSchema,
  interfaceSchema,
  keyPairSchema,
  serverGroupSchema,
  serverSchema,
  volumeAttachmentSchema,
  type ComputeLimits,
  type Flavor,
  type InstanceAction,
  type Server,
  type ServerGroup,
  type ServerInterface,
  type ServerQuery,
  type VolumeAttachment,
} from "./types";
import { urls } from "./urls";

/**
 * One microversion for all calls. From 2.45 createImage answers the image's id in its body instead
 * of a `Location` with Glance's internal address; from 2.47 a server's flavor has no id any more
 * (nova `api/openstack/compute/rest_api_version_history.rst`). 2.45 is Pike.
 */
export const computeMicroversion = "2.45";

/** Nova asks the hypervisor, and for a volume-backed server Cinder volume by volume. */
const createImageDeadlineMs = 300_000;

/** Nova. Actions return when they are accepted; what comes of them is seen in the server. */
export class Compute {
  constructor(private readonly client: ServiceClient) {}

  /** The project's servers, with all that showServer tells. */
  listServers(query: ServerQuery = {}): Promise<Server[]> {
    const listing = { key: "servers", item: serverSchema };
    return this.client.list("listServers", urls.serversDetail, { ...query }, listing);
  }

  async showServer(id: string): Promise<Server> {
    const call = { action: "showServer", method: "GET", path: urls.server(id) } as const;
    return (await this.client.ask(call, z.object({ server: serverSchema }))).server;
  }

  /**
   * Asks for an image of a server that is ACTIVE, SHUTOFF, PAUSED or SUSPENDED. Not sent again when
   * its answer gets lost: that would make two.
   *
   * @param image `metadata` become properties of the image the moment that it exists
   * @returns the image's id; it is `queued` then
   */
  async createImage(
    serverId: string,
    image: { name: string; metadata?: Readonly<Record<string, string>> },
  ): Promise<string> {
    const answer = await this.client.ask(
      {
        action: "createImage",
        method: "POST",
        path: urls.serverAction(serverId),
        body: { createImage: { name: image.name, metadata: image.metadata ?? {} } },
        deadlineMs: createImageDeadlineMs,
      },
      z.object({ image_id: z.string() }),
    );
    return answer.image_id;
  }

  /** Starts a server that is SHUTOFF. */
  async startServer(id: string): Promise<void> {
    await this.act("startServer", id, { "os-start": null });
  }

  /** Tells the guest to shut down; Nova pulls the plug when it has not after its time-out. */
  async stopServer(id: string): Promise<void> {
    await this.act("stopServer", id, { "os-stop": null });
  }

  /**
   * Asks for the root disk to be made anew from an image. Id, ports, volumes and metadata stay, and a
   * server that is SHUTOFF is so again at the end: Nova starts it and pulls the plug at once (nova
   * `compute/manager.py`, _do_rebuild_instance).
   *
   * @throws {ApiError} 409 unless the server is ACTIVE, SHUTOFF or ERROR and has no task; 400 for an
   * image that it cannot boot from, and for a server that boots from a volume
   */
  async rebuildServer(id: string, imageId: string): Promise<void> {
    await this.act("rebuildServer", id, { rebuild: { imageRef: imageId } });
  }

  /** Writes metadata; keys that are not given stay as they are. */
  async updateServerMetadata(
    id: string,
    metadata: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.client.send({
      action: "updateServerMetadata",
      method: "POST",
      path: urls.metadata(id),
      body: { metadata },
      isIdempotent: true,
    });
  }

  /** Asks for a volume to be attached as the first device that is free; it is `in-use` a while later. */
  async attachVolume(serverId: string, volumeId: string): Promise<void> {
    await this.client.send({
      action: "attachVolume",
      method: "POST",
      path: urls.volumeAttachments(serverId),
      body: { volumeAttachment: { volumeId } },
    });
  }

  /** Asks for a volume to be detached; it is `available` when that is done. */
  async detachVolume(serverId: string, volumeId: string): Promise<void> {
    const path = urls.volumeAttachment(serverId, volumeId);
    await this.client.send({ action: "detachVolume", method: "DELETE", path });
  }

  async deleteServer(id: string): Promise<void> {
    await this.client.send({ action: "deleteServer", method: "DELETE", path: urls.server(id) });
  }

  /** The last lines of the server's console; all of it without `lines`. */
  async showConsoleOutput(id: string, lines?: number): Promise<string> {
    const answer = await this.client.ask(
      {
        action: "showConsoleOutput",
        method: "POST",
        path: urls.serverAction(id),
        body: { "os-getConsoleOutput": lines === undefined ? {} : { length: lines } },
        isIdempotent: true,
      },
      z.object({ output: z.string() }),
    );
    return answer.output;
  }

  listFlavors(): Promise<Flavor[]> {
    const listing = { key: "flavors", item: flavorSchema };
    return this.client.list("listFlavors", urls.flavorsDetail, {}, listing);
  }

  async showFlavor(id: string): Promise<Flavor> {
    const call = { action: "showFlavor", method: "GET", path: urls.flavor(id) } as const;
    return (await this.client.ask(call, z.object({ flavor: flavorSchema }))).flavor;
  }

  /** What a flavor asks of the host, e.g. `hw:cpu_policy`; a server has them from its flavor. */
  async listFlavorExtraSpecs(flavorId: string): Promise<Record<string, string>> {
    const path = urls.flavorExtraSpecs(flavorId);
    const call = { action: "listFlavorExtraSpecs", method: "GET", path } as const;
    const schema = z.object({ extra_specs: z.record(z.string(), z.string()) });
    return (await this.client.ask(call, schema)).extra_specs;
  }

  /** What was done with a server so far, the newest first; also of one that is gone. */
  listInstanceActions(serverId: string): Promise<InstanceAction[]> {
    const listing = { key: "instanceActions", item: instanceActionSchema };
    return this.client.list("listInstanceActions", urls.instanceActions(serverId), {}, listing);
  }

  /** The server groups of the project. */
  listServerGroups(): Promise<ServerGroup[]> {
    const listing = { key: "server_groups", item: serverGroupSchema };
    return this.client.list("listServerGroups", urls.serverGroups, {}, listing);
  }

  /** The ports that a server is attached to, in Neutron's order: it knows of no other. */
  listInterfaces(serverId: string): Promise<ServerInterface[]> {
    const listing = { key: "interfaceAttachments", item: interfaceSchema };
    return this.client.list("listInterfaces", urls.interfaces(serverId), {}, listing);
  }

  listVolumeAttachments(serverId: string): Promise<VolumeAttachment[]> {
    const listing = { key: "volumeAttachments", item: volumeAttachmentSchema };
    return this.client.list("listVolumeAttachments", urls.volumeAttachments(serverId), {}, listing);
  }

  /** The names of the user's key pairs: no project has any. */
  async listKeyPairs(): Promise<string[]> {
    const listing = { key: "keypairs", item: keyPairSchema };
    const pairs = await this.client.list("listKeyPairs", urls.keyPairs, {}, listing);
    return pairs.map(({ keypair }) => keypair.name);
  }

  /** The names of the zones that servers can be made in. */
  async listAvailabilityZones(): Promise<string[]> {
    const path = urls.availabilityZones;
    const call = { action: "listAvailabilityZones", method: "GET", path } as const;
    const { availabilityZoneInfo } = await this.client.ask(call, availabilityZonesSchema);
    return availabilityZoneInfo
      .filter(({ zoneState }) => zoneState.available)
      .map(({ zoneName }) => zoneName);
  }

  async showLimits(): Promise<ComputeLimits> {
    const call = { action: "showLimits", method: "GET", path: urls.limits } as const;
    return (await this.client.ask(call, computeLimitsSchema)).limits.absolute;
  }

  private async act(action: string, id: string, body: Record<string, unknown>): Promise<void> {
    await this.client.send({ action, method: "POST", path: urls.serverAction(id), body });
  }
}
