import type { Caller } from "../identity";
import type { Port } from "../network/records";
import { found, Refusal } from "../refusal";
import { attachVolume, nextDevice } from "./building";
import type { ComputeContext } from "./context";
import type { Server, ServerVolume } from "./records";
import type { Servers } from "./servers";

/** Modelled time for plugging and unplugging. */
const plugMs = 1_000;

/** Volumes and network cards that come and go while a server lives. */
export class Attachments {
  constructor(
    private readonly servers: Servers,
    private readonly context: ComputeContext,
  ) {}

  attachVolume(server: Server, who: Caller, volumeId: string, isDeletedWith: boolean) {
    const volume = this.context.volumes.show(volumeId, who);
    this.servers.require(server, "attach_volume", ["active", "stopped", "paused"]);
    const [attachment] = volume.attachments;
    if (attachment !== undefined) {
      throw new Refusal(
        400,
        `Invalid volume: volume ${volumeId} is already attached to instances: ${attachment.serverId}`,
      );
    }
    if (volume.status !== "available") {
      throw new Refusal(
        400,
        `Invalid volume: volume '${volumeId}' status must be 'available'. Currently in '${volume.status}'`,
      );
    }
    this.context.volumes.setStatus(volume, "reserved");
    const mapping: ServerVolume = {
      volumeId,
      device: nextDevice(server),
      deleteOnTermination: isDeletedWith,
      attachmentId: this.context.ids.uuid(),
      mappingId: this.context.ids.uuid(),
      isRoot: false,
    };
    server.volumes = [...server.volumes, mapping];
    this.context.clock.after(plugMs, () => {
      if (server.volumes.includes(mapping)) attachVolume(this.context, server, mapping);
    });
    return mapping;
  }

  mapping(server: Server, volumeId: string): ServerVolume {
    return found(
      server.volumes.find((mapping) => mapping.volumeId === volumeId),
      () => new Refusal(404, `Instance ${server.id} is not attached to volume ${volumeId}`),
    );
  }

  detachVolume(server: Server, volumeId: string): void {
    const mapping = this.mapping(server, volumeId);
    if (mapping.isRoot) throw new Refusal(403, "Cannot detach a root device volume");
    const { clock, faults, volumes } = this.context;
    const attached = volumes.get(volumeId);
    if (attached !== undefined) volumes.setStatus(attached, "detaching");
    const names = [server.name, server.id, volumeId, attached?.name ?? ""];
    if (faults.hasEffect("detachHangs", "detachVolume", names)) return;
    clock.after(plugMs, () => {
      server.volumes = server.volumes.filter((other) => other !== mapping);
      const volume = this.context.volumes.get(volumeId);
      if (volume === undefined) return;
      volume.attachments = [];
      this.context.volumes.setStatus(volume, "available");
    });
  }

  attachPort(server: Server, who: Caller, portId: string | undefined, networkId?: string): Port {
    const { ports } = this.context.networking;
    this.servers.require(server, "attach_interface", ["active", "stopped", "paused"]);
    if (portId === undefined) {
      const port = ports.create(who.projectId, networkId ?? "", {
        device_id: server.id,
        device_owner: "compute:nova",
      });
      server.ownPortIds.add(port.id);
      server.portIds = [...server.portIds, port.id];
      return port;
    }
    const port = ports.show(portId, who);
    if (port.device_id !== "") throw new Refusal(409, `Port ${portId} is still in use.`);
    ports.bind(port, server.id, "compute:nova", "ACTIVE");
    server.portIds = [...server.portIds, portId];
    return port;
  }

  detachPort(server: Server, portId: string): void {
    const { ports, tables } = this.context.networking;
    const port = tables.ports.get(portId);
    if (port === undefined || !server.portIds.includes(portId)) {
      throw new Refusal(404, `Port ${portId} could not be found on instance ${server.id}`);
    }
    server.portIds = server.portIds.filter((other) => other !== portId);
    if (server.ownPortIds.has(portId)) ports.remove(portId);
    else ports.bind(port, "", "", "DOWN");
  }
}
