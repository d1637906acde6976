import { z } from "zod";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { param, type Ctx, type Face } from "../face";
import { pageOf } from "../page";
import { accepted, inner, metadataSchema } from "./input";
import { volumeSummary, volumeView } from "./views";

const volumeSchema = z.object({
  size: z.union([z.number(), z.string()]).nullish(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  volume_type: z.string().nullish(),
  imageRef: z.string().nullish(),
  snapshot_id: z.string().nullish(),
  source_volid: z.string().nullish(),
  availability_zone: z.string().nullish(),
  metadata: metadataSchema.nullish(),
});

/** /volumes and their actions. */
export function addVolumes(face: Face, world: World): void {
  const { volumes } = world;
  const show = (c: Ctx) => volumes.show(param(c, "id"), c.get("caller"));
  const own = (c: Ctx) => {
    const query = new URL(c.req.url).searchParams;
    const mine = volumes.all().filter(({ projectId }) => projectId === c.get("caller").projectId);
    const wanted = mine.filter(
      (volume) =>
        (query.get("name") ?? volume.name) === volume.name &&
        (query.get("status") ?? volume.status) === volume.status,
    );
    return { query, wanted: wanted.reverse() };
  };
  for (const [path, action, view] of [
    ["volumes", "listVolumes", volumeSummary],
    ["volumes/detail", "listVolumesDetail", volumeView],
  ] as const) {
    face.on("get", `/v3/:project/${path}`, action, (c) => {
      const { query, wanted } = own(c);
      const { items, next } = pageOf(wanted, query);
      const href = `${c.env.origin}/volume/v3/${param(c, "project")}/${path}?${next ?? ""}`;
      const links = next === undefined ? {} : { volumes_links: [{ rel: "next", href }] };
      return c.json({ volumes: items.map((volume) => view(c.env.origin, volume)), ...links });
    });
  }
  face.on("post", "/v3/:project/volumes", "createVolume", (c) => createVolume(world, c));
  face.on("get", "/v3/:project/volumes/:id", "showVolume", (c) =>
    c.json({ volume: volumeView(c.env.origin, show(c)) }),
  );
  face.on("put", "/v3/:project/volumes/:id", "updateVolume", (c) => {
    const volume = show(c);
    const given = volumeSchema.parse(inner(c, "volume"));
    if (given.name !== undefined) volume.name = given.name;
    if (given.description !== undefined) volume.description = given.description;
    if (given.metadata) volume.metadata = given.metadata;
    return c.json({ volume: volumeView(c.env.origin, volume) });
  });
  face.on("delete", "/v3/:project/volumes/:id", "deleteVolume", (c) => {
    volumes.delete(param(c, "id"), c.get("caller"));
    return accepted(c);
  });
  face.on("get", "/v3/:project/volumes/:id/metadata", "showVolumeMetadata", (c) =>
    c.json({ metadata: show(c).metadata }),
  );
  face.on("put", "/v3/:project/volumes/:id/metadata", "replaceVolumeMetadata", (c) => {
    const volume = show(c);
    volume.metadata = metadataSchema.parse(inner(c, "metadata"));
    return c.json({ metadata: volume.metadata });
  });
  face.on("post", "/v3/:project/volumes/:id/action", volumeAction, (c) => {
    const volume = show(c);
    if (volumeAction(c) !== "os-extend") throw new Refusal(400, "Malformed request body");
    const { new_size } = z.object({ new_size: z.number() }).parse(inner(c, "os-extend"));
    if (new_size <= volume.size) {
      throw new Refusal(
        400,
        `Invalid input received: New size for extend must be greater than current size. (current: ${volume.size}, extended: ${new_size}).`,
      );
    }
    volume.size = new_size;
    return accepted(c);
  });
}

function volumeAction(c: Ctx): string {
  const body = c.get("body");
  return typeof body === "object" && body !== null ? (Object.keys(body)[0] ?? "") : "";
}

function createVolume(world: World, c: Ctx): Response {
  const parsed = volumeSchema.safeParse(inner(c, "volume"));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Refusal(
      400,
      `Invalid input for field/attribute ${issue?.path.join(".") ?? "volume"}. ${issue?.message ?? ""}`,
    );
  }
  const given = parsed.data;
  const volume = world.volumes.create(c.get("caller"), {
    size: readSize(given),
    name: given.name ?? null,
    description: given.description ?? null,
    type: given.volume_type ?? undefined,
    imageId: given.imageRef ?? undefined,
    snapshotId: given.snapshot_id ?? undefined,
    sourceVolumeId: given.source_volid ?? undefined,
    metadata: given.metadata ?? {},
  });
  return c.json({ volume: volumeView(c.env.origin, volume) }, 202);
}

function readSize(given: z.infer<typeof volumeSchema>): number | undefined {
  const { size } = given;
  if (size === undefined || size === null) {
    if (given.snapshot_id || given.source_volid) return undefined;
    throw new Refusal(
      400,
      "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    );
  }
  const prefix = `Invalid input for field/attribute size. Value: ${size}. `;
  if (!/^[0-9]+$/.test(String(size))) {
    throw new Refusal(400, `${prefix}'${size}' does not match '^[0-9]+$'`);
  }
  if (Number(size) < 1) throw new Refusal(400, `${prefix}${size} is less than the minimum of 1`);
  return Number(size);
}
