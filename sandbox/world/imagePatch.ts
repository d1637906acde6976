import { z } from "zod";
import { maxProperties, maxTags, type Image } from "./images";
import { Refusal } from "./refusal";

const operationSchema = z.object({
  op: z.enum(["add", "replace", "remove"]),
  path: z.string().startsWith("/"),
  value: z.unknown().optional(),
});

/** One change of an image, as in application/openstack-images-v2.1-json-patch. */
export type ImageOperation = z.infer<typeof operationSchema>;

const readOnly = new Set([
  "id",
  "status",
  "checksum",
  "os_hash_algo",
  "os_hash_value",
  "size",
  "virtual_size",
  "created_at",
  "updated_at",
  "self",
  "file",
  "schema",
  "direct_url",
  "stores",
  "owner",
]);

// Glance stores a property in a MySQL TEXT column: one byte more is a database error, an HTML 500.
const maxPropertyBytes = 65_535;

/** Checks the form of a patch. @throws {Refusal} 400 */
export function parseImagePatch(body: unknown): ImageOperation[] {
  if (!Array.isArray(body)) {
    throw new Refusal(400, "Request body must be a JSON array of operation objects.");
  }
  return body.map((entry: unknown) => {
    const parsed = operationSchema.safeParse(entry);
    if (parsed.success) return parsed.data;
    throw new Refusal(400, "Operations must be JSON objects with 'op' and 'path'.");
  });
}

/** Applies a patch as a whole or not at all. @throws {Refusal} as Glance refuses */
export function patchImage(image: Image, operations: readonly ImageOperation[]): void {
  const draft: Image = { ...image, tags: [...image.tags], properties: { ...image.properties } };
  for (const operation of operations) apply(draft, operation);
  if (draft.tags.length > maxTags) throw tooMany("tags", draft.tags.length, maxTags);
  const count = Object.keys(draft.properties).length;
  if (count > maxProperties) throw tooMany("properties", count, maxProperties);
  Object.assign(image, draft);
}

/** What Glance says of more tags or properties than an image may have. */
export function tooMany(what: string, attempted: number, maximum: number): Refusal {
  return new Refusal(
    413,
    `The limit has been exceeded on the number of allowed image ${what}. Attempted: ${attempted}, Maximum: ${maximum}`,
  );
}

function apply(draft: Image, { op, path, value }: ImageOperation): void {
  const key = path.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
  if (readOnly.has(key)) throw new Refusal(403, `Attribute '${key}' is read-only.`);
  const setField = fields[key];
  if (setField !== undefined) {
    if (op === "remove") throw new Refusal(403, `Property ${key} may not be removed.`);
    setField(draft, value);
    return;
  }
  if (op !== "add" && !(key in draft.properties)) {
    throw new Refusal(
      409,
      `There was a conflict when trying to complete your request.<br /><br />\nProperty ${key} does not exist.`,
    );
  }
  draft.properties = Object.fromEntries(
    Object.entries(draft.properties).filter(([name]) => name !== key),
  );
  if (op !== "remove") draft.properties[key] = propertyText(key, value);
}

function propertyText(key: string, value: unknown): string {
  if (typeof value !== "string") throw mismatch(JSON.stringify(value), "string", key);
  if (Buffer.byteLength(value) > maxPropertyBytes) {
    throw new Refusal(
      500,
      "The server has either erred or is incapable of performing the requested operation.",
    );
  }
  return value;
}

function mismatch(value: string, type: string, key: string): Refusal {
  return new Refusal(
    400,
    `Provided object does not match schema 'image': ${value} is not of type '${type}'\n\nOn instance['${key}']:\n    ${value}`,
  );
}

function tooLong(value: string, schema: string, instance: string): Refusal {
  return new Refusal(
    400,
    `Provided object does not match schema 'image': '${value}' is too long\n\nFailed validating 'maxLength' in schema${schema}\n\nOn instance${instance}:\n    '${value}'`,
  );
}

/** A tag of at most 255 characters. @throws {Refusal} 400 in the words of Glance's schema */
export function imageTag(tag: string, index = 0): string {
  if (tag.length <= 255) return tag;
  const items = "['properties']['tags']['items']:\n    {'maxLength': 255, 'type': 'string'}";
  throw tooLong(tag, items, `['tags'][${index}]`);
}

/** An image's name: text of at most 255 characters, or null. */
export function imageName(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value !== "string") {
    throw mismatch(JSON.stringify(value), "null', 'string", "name");
  }
  if (value.length > 255) {
    const name =
      "['properties']['name']:\n    {'description': 'Descriptive name for the image',\n     'maxLength': 255,\n     'type': ['null', 'string']}";
    throw tooLong(value, name, "['name']");
  }
  return value;
}

/** An image's tags: each at most 255 characters, no tag twice. */
function imageTags(value: unknown): string[] {
  if (!Array.isArray(value)) throw mismatch(JSON.stringify(value), "array", "tags");
  const tags = value.map((tag: unknown, index) => {
    if (typeof tag !== "string") throw mismatch(JSON.stringify(tag), "string", "tags");
    return imageTag(tag, index);
  });
  return [...new Set(tags)];
}

function flag(value: unknown, key: string): boolean {
  if (typeof value !== "boolean") throw mismatch(JSON.stringify(value), "boolean", key);
  return value;
}

function whole(value: unknown, key: string): number {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw mismatch(JSON.stringify(value), "integer", key);
  }
  return value;
}

/** Sets `visibility`, `disk_format` … from a request's value. */
export const fields: Record<string, (image: Image, value: unknown) => void> = {
  name: (image, value) => {
    image.name = imageName(value);
  },
  tags: (image, value) => {
    image.tags = imageTags(value);
  },
  visibility: (image, value) => {
    const known = z.enum(["public", "private", "shared", "community"]).safeParse(value);
    if (!known.success) throw mismatch(JSON.stringify(value), "string", "visibility");
    if (known.data === "public") {
      throw new Refusal(403, "You are not authorized to complete publicize_image action.");
    }
    image.visibility = known.data;
  },
  protected: (image, value) => {
    image.isProtected = flag(value, "protected");
  },
  os_hidden: (image, value) => {
    image.isHidden = flag(value, "os_hidden");
  },
  min_disk: (image, value) => {
    image.minDisk = whole(value, "min_disk");
  },
  min_ram: (image, value) => {
    image.minRam = whole(value, "min_ram");
  },
  disk_format: (image, value) => {
    image.diskFormat = imageName(value);
  },
  container_format: (image, value) => {
    image.containerFormat = imageName(value);
  },
};
