import { Hono } from "hono";
import { z } from "zod";
import { found, Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { Face, htmlError, param, type Ctx, type SandboxEnv } from "../face";
import { faultBody } from "../faultBody";
import { pageOf } from "../page";
import { addVolumeQuotas } from "./quotas";
import { snapshotView, volumeSummary, volumeView } from "./views";

const maxVersion = "3.70";

/** Cinder v3. Paths carry the caller's project. */
export function blockStorageApp(world: World): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const face = new Face(app, world, {
    service: "block-storage",
    refuse: faultBody("computeFault"),
    names: (c) => [world.volumes.get(c.req.param("id") ?? "")?.name ?? ""],
    headers: (c) => ({
      "openstack-api-version": c.req.header("openstack-api-version") ?? "volume 3.0",
      vary: "OpenStack-API-Version",
      "x-compute-request-id": c.get("requestId"),
    }),
  });
  const open = { isPublic: true };
  face.on("get", "/", "listVersions", (c) => c.json({ versions: [version(c)] }, 300), open);
  face.on("get", "/v3/", "showVersion", (c) => c.json({ versions: [version(c)] }), open);
  addVolumes(face, world);
  addSnapshots(face, world);
  addTypes(face, world);
  addVolumeQuotas(face, world);
  face.on("get", "/v3/:project/os-availability-zone", "listAvailabilityZones", (c) =>
    c.json({ availabilityZoneInfo: [{ zoneName: "nova", zoneState: { available: true } }] }),
  );
  app.all("*", (c) => htmlError(c, 404, "Not Found", "The resource could not be found."));
  return app;
}

function version(c: Ctx) {
  return {
    id: "v3.0",
    status: "CURRENT",
    version: maxVersion,
    min_version: "3.0",
    updated: "2023-08-31T00:00:00Z",
    links: [{ rel: "self", href: `${c.env.origin}/volume/v3/` }],
  };
}

const metadataSchema = z.record(z.string(), z.string());
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

function addVolumes(face: Face, world: World): void {
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

function inner(c: Ctx, name: string): unknown {
  const body = c.get("body");
  const value: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  return found(value, () => new Refusal(400, `'${name}' is a required property`));
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

function accepted(c: Ctx): Response {
  return c.body(null, 202, { "content-type": "text/html; charset=UTF-8" });
}

const snapshotSchema = z.object({
  volume_id: z.string(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  force: z.union([z.boolean(), z.string()]).optional(),
  metadata: metadataSchema.nullish(),
});

function addSnapshots(face: Face, world: World): void {
  const { volumes } = world;
  for (const path of ["snapshots", "snapshots/detail"]) {
    face.on("get", `/v3/:project/${path}`, "listSnapshots", (c) => {
      const query = new URL(c.req.url).searchParams;
      const own = volumes
        .snapshots()
        .filter(
          (snapshot) =>
            snapshot.projectId === c.get("caller").projectId &&
            (query.get("volume_id") ?? snapshot.volumeId) === snapshot.volumeId &&
            (query.get("name") ?? snapshot.name) === snapshot.name,
        );
      return c.json({ snapshots: pageOf(own.reverse(), query).items.map(snapshotView) });
    });
  }
  face.on("post", "/v3/:project/snapshots", "createSnapshot", (c) => {
    const given = snapshotSchema.parse(inner(c, "snapshot"));
    // From 3.66 on a snapshot of a volume in use needs no force.
    const [, minor = "0"] =
      /volume 3\.(\d+)/.exec(c.req.header("openstack-api-version") ?? "") ?? [];
    const snapshot = volumes.createSnapshot(c.get("caller"), given.volume_id, {
      name: given.name,
      description: given.description,
      metadata: given.metadata ?? {},
      force: Number(minor) >= 66 || given.force === true || given.force === "True",
    });
    return c.json({ snapshot: snapshotView(snapshot) }, 202);
  });
  face.on("get", "/v3/:project/snapshots/:id", "showSnapshot", (c) =>
    c.json({ snapshot: snapshotView(volumes.showSnapshot(param(c, "id"), c.get("caller"))) }),
  );
  face.on("delete", "/v3/:project/snapshots/:id", "deleteSnapshot", (c) => {
    volumes.deleteSnapshot(param(c, "id"), c.get("caller"));
    return accepted(c);
  });
}

function addTypes(face: Face, world: World): void {
  const views = world.volumes.types.map((type) => ({
    ...type,
    is_public: true,
    extra_specs: {},
    "os-volume-type-access:is_public": true,
  }));
  face.on("get", "/v3/:project/types", "listTypes", (c) => c.json({ volume_types: views }));
  face.on("get", "/v3/:project/types/:id", "showType", (c) => {
    const id = param(c, "id");
    const type = id === "default" ? views[0] : views.find((candidate) => candidate.id === id);
    return c.json({
      volume_type: found(type, () => new Refusal(404, `Volume type ${id} could not be found.`)),
    });
  });
}
