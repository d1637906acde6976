import { z } from "zod";
import type { ServerOptions } from "../../world/compute/building";
import { Refusal } from "../../world/refusal";
import type { Ctx } from "../face";

const uuid = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const text255 = z.string().max(255);

/** Metadata of servers and images: keys and values of at most 255 characters. */
export const metadataSchema = z.record(z.string().regex(/^[a-zA-Z0-9-_:. ]{1,255}$/), text255);

const networkSchema = z.strictObject({
  port: z.string().nullish(),
  uuid: z.string().nullish(),
  fixed_ip: z.string().nullish(),
  tag: z.string().optional(),
});

const blockDeviceSchema = z.object({
  source_type: z.enum(["image", "volume", "snapshot", "blank"]),
  destination_type: z.enum(["local", "volume"]).nullish(),
  uuid: z.string().nullish(),
  boot_index: z.union([z.number(), z.string()]).nullish(),
  volume_size: z.union([z.number(), z.string()]).nullish(),
  delete_on_termination: z.boolean().nullish(),
});

const serverSchema = z.strictObject({
  name: text255.min(1),
  flavorRef: z.union([z.string(), z.number()]),
  imageRef: z.string().optional(),
  networks: z.union([z.literal("none"), z.literal("auto"), z.array(networkSchema)]).optional(),
  block_device_mapping_v2: z.array(blockDeviceSchema).optional(),
  metadata: metadataSchema.optional(),
  security_groups: z.array(z.object({ name: z.string() })).optional(),
  key_name: z.string().nullish(),
  user_data: z.string().nullish(),
  config_drive: z.union([z.boolean(), z.string()]).nullish(),
  tags: z.array(z.string()).optional(),
  description: z.string().nullish(),
  availability_zone: z.string().nullish(),
  adminPass: z.string().optional(),
  personality: z.array(z.unknown()).optional(),
  min_count: z.union([z.number(), z.string()]).optional(),
  max_count: z.union([z.number(), z.string()]).optional(),
  "OS-DCF:diskConfig": z.string().optional(),
  accessIPv4: z.string().optional(),
  accessIPv6: z.string().optional(),
  hostname: z.string().optional(),
});

/** Nova knows the hints by both keys, and lets others than its own pass. */
const hintsSchema = z.looseObject({ group: z.string().optional() });

/** Python's repr, which Nova's validation messages are made of. */
function repr(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  if (typeof value === "object") {
    const pairs = Object.entries(value).map(([key, inner]) => `${repr(key)}: ${repr(inner)}`);
    return `{${pairs.join(", ")}}`;
  }
  return JSON.stringify(value);
}

/** What Nova says when `value` does not fit its schema. */
function invalidInput(field: string, value: unknown, reason: string): Refusal {
  const shown = typeof value === "string" ? value : repr(value);
  return new Refusal(400, `Invalid input for field/attribute ${field}. Value: ${shown}. ${reason}`);
}

/** Parses with a schema, refusing in Nova's words. */
export function parseInput<T>(schema: z.ZodType<T>, field: string, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  const culprit = path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const name = String(path.at(-1) ?? field);
  if (issue === undefined) throw invalidInput(field, value, "is not valid");
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map(repr).join(", ");
    const verb = issue.keys.length === 1 ? "was" : "were";
    throw invalidInput(
      name,
      culprit,
      `Additional properties are not allowed (${keys} ${verb} unexpected)`,
    );
  }
  if (issue.code === "invalid_type" && culprit === undefined) {
    throw invalidInput(field, value, `${repr(name)} is a required property`);
  }
  throw invalidInput(name, culprit, reasonOf(issue, culprit));
}

function reasonOf(issue: z.core.$ZodIssue, culprit: unknown): string {
  switch (issue.code) {
    case "too_big":
      return `${repr(culprit)} is too long`;
    case "too_small":
      return `${repr(culprit)} is too short`;
    case "invalid_type":
      return `${repr(culprit)} is not of type ${repr(issue.expected)}`;
    case "invalid_key":
      return "Additional properties are not allowed";
    default:
      return `${repr(culprit)} is not valid under any of the given schemas`;
  }
}

/** The `server` of a POST /servers. @throws {Refusal} 400 in Nova's words */
export function readServer(c: Ctx): ServerOptions {
  const body = c.get("body");
  const given: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, "server") : undefined;
  if (given === undefined) throw new Refusal(400, "'server' is a required property");
  const server = parseInput(serverSchema, "server", given);
  const imageId = server.imageRef ?? "";
  if (imageId !== "" && !uuid.test(imageId)) {
    throw invalidInput(
      "imageRef",
      imageId,
      `${repr(imageId)} is not valid under any of the given schemas`,
    );
  }
  return {
    name: server.name,
    flavorId: String(server.flavorRef),
    imageId,
    networks: readNetworks(server.networks),
    blockDevices: (server.block_device_mapping_v2 ?? []).map(readBlockDevice),
    metadata: server.metadata,
    securityGroups: server.security_groups?.map(({ name }) => name),
    keyName: server.key_name ?? undefined,
    userData: server.user_data ?? undefined,
    hasConfigDrive: String(server.config_drive ?? "").toLowerCase() === "true",
    tags: server.tags,
    description: server.description ?? undefined,
    groupId: readGroupHint(body),
    requestId: c.get("requestId"),
  };
}

function readGroupHint(body: unknown): string | undefined {
  const outer = body as Record<string, unknown>;
  const hints = outer["os:scheduler_hints"] ?? outer["OS-SCH-HNT:scheduler_hints"] ?? {};
  const { group } = parseInput(hintsSchema, "os:scheduler_hints", hints);
  if (group === undefined || uuid.test(group)) return group;
  throw invalidInput("group", group, `${repr(group)} is not a 'uuid'`);
}

function readNetworks(
  networks: z.infer<typeof serverSchema>["networks"],
): ServerOptions["networks"] {
  if (!Array.isArray(networks)) return networks;
  if (networks.length === 0) return undefined;
  return networks.map(({ port, uuid: id, fixed_ip }) => ({
    port: port ?? undefined,
    uuid: id ?? undefined,
    fixed_ip: fixed_ip ?? undefined,
  }));
}

function readBlockDevice(device: z.infer<typeof blockDeviceSchema>) {
  const bootIndex = device.boot_index;
  return {
    source_type: device.source_type,
    destination_type:
      device.destination_type ?? (device.source_type === "image" ? "local" : "volume"),
    uuid: device.uuid ?? undefined,
    boot_index: bootIndex === null || bootIndex === undefined ? null : Number(bootIndex),
    volume_size: device.volume_size == null ? undefined : Number(device.volume_size),
    delete_on_termination: device.delete_on_termination ?? false,
  } as const;
}
