import { z } from "zod";
import type { VolumeSnapshot } from "../../world/blockStorage/records";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { param, type Ctx, type Face } from "../face";
import { pageOf } from "../page";
import { accepted, inner, metadataSchema } from "./input";
import { snapshotSummary, snapshotView } from "./views";

const truths = ["True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t"];
const text255 = z.string().max(255);

const snapshotSchema = z.object({
  volume_id: z.string(),
  name: text255.nullish(),
  description: text255.nullish(),
  force: z.union([z.boolean(), z.string()]).optional(),
  metadata: z.record(z.string(), text255).nullish(),
});

/** /snapshots and their metadata. */
export function addSnapshots(face: Face, world: World): void {
  const { volumes } = world;
  const show = (c: Ctx) => volumes.showSnapshot(param(c, "id"), c.get("caller"));
  for (const [path, action, view] of [
    ["snapshots", "listSnapshots", snapshotSummary],
    ["snapshots/detail", "listSnapshotsDetail", snapshotView],
  ] as const) {
    face.on("get", `/v3/:project/${path}`, action, (c) => list(world, c, path, view));
  }
  face.on("post", "/v3/:project/snapshots", "createSnapshot", (c) => create(world, c));
  face.on("get", "/v3/:project/snapshots/:id", "showSnapshot", (c) =>
    c.json({ snapshot: snapshotView(show(c)) }),
  );
  face.on("put", "/v3/:project/snapshots/:id", "updateSnapshot", (c) => {
    const snapshot = show(c);
    const given = updateSchema.safeParse(inner(c, "snapshot"));
    if (!given.success) {
      throw invalid("snapshot", "{}", "{} is not valid under any of the given schemas");
    }
    if (given.data.name !== undefined) snapshot.name = given.data.name;
    if (given.data.description !== undefined) snapshot.description = given.data.description;
    volumes.snapshotStore.touch(snapshot);
    return c.json({ snapshot: snapshotSummary(snapshot) });
  });
  face.on("delete", "/v3/:project/snapshots/:id", "deleteSnapshot", (c) => {
    volumes.deleteSnapshot(param(c, "id"), c.get("caller"));
    return accepted(c);
  });
  addMetadata(face, show);
}

const updateSchema = z
  .object({ name: text255.nullish(), description: text255.nullish() })
  .refine((given) => given.name !== undefined || given.description !== undefined);

function list(
  world: World,
  c: Ctx,
  path: string,
  view: (snapshot: VolumeSnapshot) => unknown,
): Response {
  const query = new URL(c.req.url).searchParams;
  if (!/^\d*$/.test(query.get("limit") ?? "")) {
    throw new Refusal(400, "limit param must be an integer");
  }
  const wanted = world.volumes
    .snapshots()
    .filter(
      (snapshot) =>
        snapshot.projectId === c.get("caller").projectId &&
        (query.get("volume_id") ?? snapshot.volumeId) === snapshot.volumeId &&
        (query.get("status") ?? snapshot.status) === snapshot.status &&
        (query.get("name") ?? snapshot.name) === snapshot.name,
    )
    .reverse();
  const marker = query.get("marker");
  if (marker !== null) world.volumes.showSnapshot(marker, c.get("caller"));
  const { items, next } = pageOf(wanted, query);
  const href = `${c.env.origin}/volume/v3/${param(c, "project")}/${path}?${next ?? ""}`;
  const links = next === undefined ? {} : { snapshots_links: [{ rel: "next", href }] };
  return c.json({ snapshots: items.map(view), ...links });
}

function create(world: World, c: Ctx): Response {
  const input = inner(c, "snapshot");
  const parsed = snapshotSchema.safeParse(input);
  if (!parsed.success) throw refusalOf(parsed.error, input);
  const given = parsed.data;
  // From 3.66 on a snapshot of a volume in use needs no force.
  const [, minor = "0"] = /volume 3\.(\d+)/.exec(c.req.header("openstack-api-version") ?? "") ?? [];
  const isForced = given.force === true || truths.includes(String(given.force));
  const snapshot = world.volumes.createSnapshot(c.get("caller"), given.volume_id, {
    name: given.name,
    description: given.description,
    metadata: given.metadata ?? {},
    force: Number(minor) >= 66 || isForced,
  });
  return c.json({ snapshot: snapshotSummary(snapshot) }, 202);
}

function refusalOf(error: z.ZodError, input: unknown): Refusal {
  const [issue] = error.issues;
  const name = String(issue?.path.at(-1) ?? "snapshot");
  const value = (issue?.path ?? []).reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
  if (value === undefined) {
    return invalid("snapshot", JSON.stringify(input), `'${name}' is a required property`);
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const reason = issue?.code === "too_big" ? "is too long" : "is not valid";
  return invalid(name, text, `'${text}' ${reason}`);
}

function invalid(field: string, value: string, reason: string): Refusal {
  return new Refusal(400, `Invalid input for field/attribute ${field}. Value: ${value}. ${reason}`);
}

function addMetadata(face: Face, show: (c: Ctx) => VolumeSnapshot): void {
  const path = "/v3/:project/snapshots/:id/metadata";
  face.on("get", path, "showSnapshotMetadata", (c) => c.json({ metadata: show(c).metadata }));
  face.on("post", path, "updateSnapshotMetadata", (c) => {
    const snapshot = show(c);
    snapshot.metadata = { ...snapshot.metadata, ...givenMetadata(c) };
    return c.json({ metadata: snapshot.metadata });
  });
  face.on("put", path, "replaceSnapshotMetadata", (c) => {
    const snapshot = show(c);
    snapshot.metadata = givenMetadata(c);
    return c.json({ metadata: snapshot.metadata });
  });
}

/** @throws {Refusal} 400, or 413 for what is too long, as volume/api.py checks what is written later */
function givenMetadata(c: Ctx): Record<string, string> {
  const body = z.object({ metadata: z.record(z.string(), z.unknown()) }).safeParse(c.get("body"));
  if (!body.success) {
    throw new Refusal(400, "Missing required element 'metadata' in request body.");
  }
  for (const [key, value] of Object.entries(body.data.metadata)) {
    if (typeof value !== "string") {
      throw new Refusal(
        400,
        `Invalid metadata: Invalid input received: Value for metadata key: ${key} is not a string or unicode`,
      );
    }
    if (value.length > 255) {
      throw new Refusal(
        413,
        `Invalid metadata size: Metadata property key ${key} value greater than 255 characters.`,
      );
    }
  }
  return metadataSchema.parse(body.data.metadata);
}
