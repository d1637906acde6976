import { createHash } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import type { DiskContent } from "../../world/guest";
import {
  fields,
  imageName,
  imageTag,
  parseImagePatch,
  patchImage,
  tooMany,
} from "../../world/imagePatch";
import { areImagesCounted } from "../../world/imageQuota";
import { maxTags, type Image } from "../../world/images";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { Face, htmlError, param, titleOf, type Ctx, type SandboxEnv } from "../face";
import { imageSchema } from "./schema";
import { listImages } from "./list";
import { imageView } from "./view";

const patchTypes = [
  "application/openstack-images-v2.0-json-patch",
  "application/openstack-images-v2.1-json-patch",
];

/** The rules of glance/policies that changes need. */
const rules: Record<string, string> = {
  createImage: "add_image",
  updateImage: "modify_image",
  addTag: "modify_image",
  removeTag: "modify_image",
  deleteImage: "delete_image",
  uploadImage: "upload_image",
  createMember: "add_member",
};

const versions = [
  "2.16",
  "2.15",
  "2.14",
  "2.9",
  "2.7",
  "2.6",
  "2.5",
  "2.4",
  "2.3",
  "2.2",
  "2.1",
  "2.0",
];

/** Glance v2. */
export function imageApp(world: World): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const face = new Face(app, world, {
    service: "image",
    refuse,
    forbid: (action) => `You are not authorized to complete ${rules[action] ?? action} action.`,
    names: (c) => [world.images.get(c.req.param("id") ?? "")?.name ?? ""],
  });
  const open = { isPublic: true };
  face.on("get", "/", "listVersions", (c) => c.json(versionList(c), 300), open);
  face.on("get", "/versions", "listVersions", (c) => c.json(versionList(c)), open);
  face.on("get", "/v2/schemas/image", "showSchema", (c) => c.json(imageSchema));
  face.on("get", "/v2/images", "listImages", (c) =>
    c.json(listImages(world, c.get("caller"), new URL(c.req.url).searchParams)),
  );
  face.on("post", "/v2/images", "createImage", (c) => createImage(world, c));
  face.on("get", "/v2/images/:id", "showImage", (c) =>
    c.json(imageView(world.images.show(param(c, "id"), c.get("caller")))),
  );
  face.on("patch", "/v2/images/:id", "updateImage", (c) => updateImage(world, c));
  face.on("delete", "/v2/images/:id", "deleteImage", (c) => {
    world.images.delete(param(c, "id"), c.get("caller"));
    return noContent(c);
  });
  face.on("get", "/v2/info/usage", "showUsage", (c) => c.json({ usage: usageOf(world, c) }));
  addTagRoutes(face, world);
  addDataRoutes(face, world);
  addMemberRoutes(face, world);
  app.all("*", (c) => face.notFound(c, "The resource could not be found."));
  return app;
}

/** Nothing at all unless Glance counts. */
function usageOf(world: World, c: Ctx): object {
  if (!areImagesCounted(world.quotas)) return {};
  const used = Object.entries(world.images.usage(c.get("caller").projectId));
  return Object.fromEntries(
    used.map(([name, usage]) => [name, { limit: world.quotas[name] ?? -1, usage }]),
  );
}

function addTagRoutes(face: Face, world: World): void {
  const taggable = (c: Ctx) => {
    const id = param(c, "id");
    return world.images.owned(id, c.get("caller"), `Not allowed to update tags for image ${id}.`);
  };
  face.on("put", "/v2/images/:id/tags/:tag", "addTag", (c) => {
    const image = taggable(c);
    const tag = imageTag(param(c, "tag"));
    if (!image.tags.includes(tag)) {
      if (image.tags.length >= maxTags) {
        const { message } = tooMany("tags", maxTags + 1, maxTags);
        throw new Refusal(413, `Image tag limit exceeded for image ${image.id}: ${message}:`);
      }
      image.tags = [...image.tags, tag];
      world.images.touch(image);
    }
    return noContent(c);
  });
  face.on("delete", "/v2/images/:id/tags/:tag", "removeTag", (c) => {
    const image = taggable(c);
    const tag = param(c, "tag");
    if (!image.tags.includes(tag)) throw new Refusal(404, "The resource could not be found.");
    image.tags = image.tags.filter((other) => other !== tag);
    world.images.touch(image);
    return noContent(c);
  });
}

function addDataRoutes(face: Face, world: World): void {
  face.on("put", "/v2/images/:id/file", "uploadImage", async (c) => {
    const image = world.images.owned(param(c, "id"), c.get("caller"));
    if (image.status !== "queued") {
      throw new Refusal(
        409,
        `Image status transition from ${image.status} to saving is not allowed`,
      );
    }
    const bytes = Buffer.from(await c.req.arrayBuffer());
    world.images.beginUpload(image);
    world.images.setBytes(image, bytes, uploadedDisk(bytes));
    return noContent(c);
  });
  face.on("get", "/v2/images/:id/file", "downloadImage", (c) => {
    const image = world.images.show(param(c, "id"), c.get("caller"));
    if (image.content === undefined && image.bytes === undefined) return c.body(null, 204);
    const bytes = image.bytes ?? Buffer.from(JSON.stringify(image.content));
    return c.body(new Uint8Array(bytes), 200, {
      "content-type": "application/octet-stream",
      "content-md5": image.checksum ?? "",
    });
  });
}

/** A disk that was downloaded from here comes back as it was; any other is known by what was uploaded. */
function uploadedDisk(bytes: Buffer): DiskContent {
  const schema = z.object({ bootCount: z.number(), files: z.record(z.string(), z.string()) });
  try {
    return schema.loose().parse(JSON.parse(bytes.toString()));
  } catch {
    const digest = createHash("sha512").update(bytes).digest("hex");
    return { bootCount: 0, files: { "/image": digest } };
  }
}

function addMemberRoutes(face: Face, world: World): void {
  const memberView = (image: Image, member: string) => ({
    member_id: member,
    image_id: image.id,
    status: image.members.get(member) ?? "pending",
    schema: "/v2/schemas/member",
  });
  const shared = (c: Ctx) => {
    const id = param(c, "id");
    const image = world.images.show(id, c.get("caller"));
    if (image.visibility === "shared") return image;
    throw new Refusal(
      403,
      `Not allowed to list members for image ${id}: Only shared images have members.`,
    );
  };
  face.on("get", "/v2/images/:id/members", "listMembers", (c) => {
    const image = shared(c);
    const members = [...image.members.keys()].map((member) => memberView(image, member));
    return c.json({ members, schema: "/v2/schemas/members" });
  });
  face.on("post", "/v2/images/:id/members", "createMember", (c) => {
    const image = shared(c);
    world.images.owned(image.id, c.get("caller"));
    const { member } = z.object({ member: z.string() }).parse(c.get("body"));
    image.members.set(member, "pending");
    return c.json(memberView(image, member));
  });
  face.on("put", "/v2/images/:id/members/:member", "updateMember", (c) => {
    const image = shared(c);
    const member = param(c, "member");
    if (member !== c.get("caller").projectId || !image.members.has(member)) {
      throw new Refusal(404, `${member} not found in the member list of the image ${image.id}.`);
    }
    const status = z.enum(["pending", "accepted", "rejected"]);
    image.members.set(member, z.object({ status }).parse(c.get("body")).status);
    return c.json(memberView(image, member));
  });
  face.on("delete", "/v2/images/:id/members/:member", "deleteMember", (c) => {
    const image = shared(c);
    world.images.owned(image.id, c.get("caller"));
    image.members.delete(param(c, "member"));
    return noContent(c);
  });
}

function refuse(c: Ctx, { status, message }: Refusal): Response {
  const response = htmlError(c, status, titleOf(status), message);
  if (status === 401) {
    response.headers.set("www-authenticate", `Keystone uri="${c.env.origin}/identity"`);
  }
  return response;
}

function noContent(c: Ctx): Response {
  return c.body(null, 204, { "content-type": "text/html; charset=UTF-8" });
}

function versionList(c: Ctx) {
  const links = [{ rel: "self", href: `${c.env.origin}/image/v2/` }];
  return {
    versions: versions.map((version, index) => ({
      id: `v${version}`,
      status: index === 0 ? "CURRENT" : "SUPPORTED",
      links,
    })),
  };
}

function createImage(world: World, c: Ctx): Response {
  const body = z.record(z.string(), z.unknown()).safeParse(c.get("body"));
  if (!body.success) throw new Refusal(400, "Body must be a JSON object");
  const { id, ...rest } = body.data;
  imageName(rest["name"] ?? null);
  world.images.checkNew(c.get("caller").projectId);
  const draft = world.images.create(
    c.get("caller").projectId,
    typeof id === "string" ? { id } : {},
  );
  try {
    patchImage(
      draft,
      Object.entries(rest).map(([key, value]) => ({
        op: key in fields ? "replace" : "add",
        path: `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
        value,
      })),
    );
  } catch (error) {
    world.images.remove(draft.id);
    throw error;
  }
  return c.json(imageView(draft), 201, {
    location: `${c.env.origin}/image/v2/images/${draft.id}`,
    "openstack-image-import-methods": "glance-direct,web-download,copy-image",
  });
}

function updateImage(world: World, c: Ctx): Response {
  const type = (c.req.header("content-type") ?? "").split(";")[0] ?? "";
  if (!patchTypes.includes(type)) {
    const message = `The request media type ${type} is not supported by this server.\n`;
    const response = htmlError(c, 415, titleOf(415), message);
    response.headers.set("accept-patch", patchTypes.join(", "));
    return response;
  }
  const operations = parseImagePatch(c.get("body"));
  const image = world.images.owned(param(c, "id"), c.get("caller"));
  patchImage(image, operations);
  world.images.touch(image);
  return c.json(imageView(image));
}
