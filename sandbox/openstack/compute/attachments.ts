import { z } from "zod";
import type { Server, ServerVolume } from "../../world/compute/records";
import type { Port } from "../../world/network/records";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { param, type Ctx, type Face } from "../face";
import { parseInput } from "./request";
import { microversion } from "./version";
import { interfaceView, portsOf } from "./views";

const accepted = (c: Ctx) => c.body(null, 202, { "content-type": "application/json" });

/** os-volume_attachments and os-interface. */
export function addAttachments(face: Face, world: World): void {
  const { servers, attachments } = world.compute;
  const show = (c: Ctx) => servers.show(param(c, "id"), c.get("caller"));
  const volumes = "/v2.1/servers/:id/os-volume_attachments";
  face.on("get", volumes, "listVolumeAttachments", (c) => {
    const server = show(c);
    const views = server.volumes.map((volume) => volumeView(server, volume, microversion(c)));
    return c.json({ volumeAttachments: views });
  });
  face.on("post", volumes, "attachVolume", (c) => {
    const schema = z.object({
      volumeAttachment: z.object({
        volumeId: z.string(),
        device: z.string().nullish(),
        delete_on_termination: z.boolean().optional(),
      }),
    });
    const given = parseInput(schema, "volumeAttachment", c.get("body")).volumeAttachment;
    const server = show(c);
    const isDeletedWith = given.delete_on_termination ?? false;
    const who = c.get("caller");
    const volume = attachments.attachVolume(server, who, given.volumeId, isDeletedWith);
    servers.record(server, who, "attach_volume", c.get("requestId"));
    return c.json({ volumeAttachment: volumeView(server, volume, microversion(c)) });
  });
  face.on("get", `${volumes}/:volume`, "showVolumeAttachment", (c) => {
    const server = show(c);
    const volume = attachments.mapping(server, param(c, "volume"));
    return c.json({ volumeAttachment: volumeView(server, volume, microversion(c)) });
  });
  face.on("delete", `${volumes}/:volume`, "detachVolume", (c) => {
    const server = show(c);
    attachments.detachVolume(server, param(c, "volume"));
    servers.record(server, c.get("caller"), "detach_volume", c.get("requestId"));
    return accepted(c);
  });
  addInterfaces(face, world, show);
}

function addInterfaces(face: Face, world: World, show: (c: Ctx) => Server): void {
  const { attachments, servers } = world.compute;
  const path = "/v2.1/servers/:id/os-interface";
  face.on("get", path, "listInterfaces", (c) =>
    c.json({ interfaceAttachments: inNeutronsOrder(portsOf(world, show(c))).map(interfaceView) }),
  );
  face.on("post", path, "attachInterface", (c) => {
    const schema = z.object({
      interfaceAttachment: z.object({
        port_id: z.string().optional(),
        net_id: z.string().optional(),
      }),
    });
    const given = parseInput(schema, "interfaceAttachment", c.get("body")).interfaceAttachment;
    const who = c.get("caller");
    const server = show(c);
    const port = attachments.attachPort(server, who, given.port_id, given.net_id);
    servers.record(server, who, "attach_interface", c.get("requestId"));
    return c.json({ interfaceAttachment: interfaceView(port) });
  });
  face.on("get", `${path}/:port`, "showInterface", (c) => {
    const server = show(c);
    const id = param(c, "port");
    const port = portsOf(world, server).find((candidate) => candidate.id === id);
    if (port !== undefined) return c.json({ interfaceAttachment: interfaceView(port) });
    throw new Refusal(404, `Instance ${server.id} does not have a port with id ${id}`);
  });
  face.on("delete", `${path}/:port`, "detachInterface", (c) => {
    const server = show(c);
    attachments.detachPort(server, param(c, "port"));
    servers.record(server, c.get("caller"), "detach_interface", c.get("requestId"));
    return accepted(c);
  });
}

/** Nova asks Neutron for the list, which has it by id (nova `attach_interfaces.py`, index). */
function inNeutronsOrder(ports: readonly Port[]): Port[] {
  return ports.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function volumeView(server: Server, volume: ServerVolume, minor: number) {
  return {
    ...(minor < 89 ? { id: volume.volumeId } : {}),
    volumeId: volume.volumeId,
    serverId: server.id,
    device: volume.device,
    ...(minor >= 70 ? { tag: null } : {}),
    ...(minor >= 79 ? { delete_on_termination: volume.deleteOnTermination } : {}),
    ...(minor >= 89 ? { attachment_id: volume.attachmentId, bdm_uuid: volume.mappingId } : {}),
  };
}
