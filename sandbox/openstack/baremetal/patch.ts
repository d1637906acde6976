import { z } from "zod";
import type { BareMetalNode, JsonObject, NodeFields } from "../../world/baremetal/records";
import { nodeLocked } from "../../world/baremetal/Tasks";
import { updatableStates } from "../../world/baremetal/states";
import { Refusal } from "../../world/refusal";

const operationSchema = z.object({
  op: z.enum(["add", "replace", "remove"]),
  path: z.string().regex(/^(\/[\w.-]+)+$/),
  value: z.unknown().optional(),
});

type Operation = z.infer<typeof operationSchema>;

const text = z.string().nullable().default(null);
const object = z
  .record(z.string(), z.unknown())
  .nullable()
  .default({})
  .transform((value) => value ?? {});
const flag = z.union([z.boolean(), z.stringbool()]).default(false);

/** What a client may change of a node: node.py, PATCH_ALLOWED_FIELDS, in its order. */
const fieldSchemas = {
  automated_clean: z.boolean().nullable().default(null),
  bios_interface: z.string(),
  boot_interface: z.string(),
  chassis_uuid: text,
  conductor_group: z.string().default(""),
  console_interface: z.string(),
  deploy_interface: z.string(),
  description: text,
  driver: z.string(),
  driver_info: object,
  extra: object,
  inspect_interface: z.string(),
  instance_info: object,
  instance_uuid: text,
  lessee: text,
  maintenance: flag,
  management_interface: z.string(),
  name: text,
  network_data: object,
  network_interface: z.string(),
  owner: text,
  power_interface: z.string(),
  properties: object,
  protected: flag,
  protected_reason: text,
  raid_interface: z.string(),
  rescue_interface: z.string(),
  resource_class: text,
  retired: flag,
  retired_reason: text,
  shard: text,
  storage_interface: z.string(),
  vendor_interface: z.string(),
} satisfies Partial<Record<keyof NodeFields, z.ZodType>>;

const snapshotField = { snapshot_interface: z.enum(["fake", "no-snapshot", "agent"]) };

/**
 * Applies a JSON patch to a node, as a whole or not at all.
 *
 * @param hasSnapshots whether the request's version knows `snapshot_interface`
 * @throws {Refusal} 400 for a patch that does not fit, 409 while the node is reserved or on its way
 */
export function patchNode(
  node: BareMetalNode,
  ident: string,
  body: unknown,
  hasSnapshots: boolean,
): void {
  const schemas: Record<string, z.ZodType> = {
    ...fieldSchemas,
    ...(hasSnapshots ? snapshotField : {}),
  };
  const operations = parse(body);
  for (const { path } of operations) {
    if (!(rootOf(path) in schemas)) throw notPatchable(path, Object.keys(schemas));
  }
  checkUpdatable(node, ident);
  const changed = operations.reduce(applied, structuredClone({ ...node.fields }));
  for (const field of new Set(operations.map(({ path }) => rootOf(path)))) {
    const value = schemas[field]?.safeParse(changed[field]);
    if (value?.success === false) throw schemaError(field, changed[field]);
    Object.assign(node.fields, { [field]: value?.data });
  }
}

function checkUpdatable(node: BareMetalNode, ident: string): void {
  const isOnItsWay =
    node.targetProvisionState !== null && !updatableStates.includes(node.provisionState);
  if (isOnItsWay) {
    throw new Refusal(
      409,
      `Node ${ident} can not be updated while a state transition is in progress.`,
    );
  }
  if (node.reservation !== null) throw nodeLocked(node);
}

function parse(body: unknown): Operation[] {
  if (!Array.isArray(body)) {
    throw new Refusal(400, `Schema error for patch: ${python(body)} is not of type 'array'`);
  }
  return body.map((entry: unknown) => {
    const operation = operationSchema.safeParse(entry);
    if (operation.success) return operation.data;
    const { op } = z.object({ op: z.unknown() }).catch({ op: undefined }).parse(entry);
    const isOp = operationSchema.shape.op.safeParse(op).success;
    const reason = isOp
      ? `${python(entry)} is not valid under any of the given schemas`
      : `${python(op)} is not one of ['add', 'replace', 'remove']`;
    throw new Refusal(400, `Schema error for patch: ${reason}`);
  });
}

function applied(document: JsonObject, operation: Operation): JsonObject {
  const keys = operation.path.slice(1).split("/");
  const last = keys.pop() ?? "";
  let parent: JsonObject = document;
  for (const key of keys) {
    const next = parent[key];
    if (typeof next !== "object" || next === null) {
      throw cannotApply(operation, `member '${key}' not found in ${python(parent)}`);
    }
    parent = next as JsonObject;
  }
  if (operation.op !== "add" && !(last in parent)) {
    throw cannotApply(operation, `can't ${operation.op} a non-existent object '${last}'`);
  }
  if (operation.op === "remove") Reflect.deleteProperty(parent, last);
  else parent[last] = operation.value;
  return document;
}

const rootOf = (path: string) => path.split("/")[1] ?? "";

const notPatchable = (path: string, allowed: readonly string[]) =>
  new Refusal(
    400,
    `Cannot patch ${path}. Only the following can be updated: ${allowed.join(", ")}`,
  );

const cannotApply = (operation: Operation, reason: string) =>
  new Refusal(400, `Couldn't apply patch '${python(operation)}'. Reason: ${reason}`);

function schemaError(field: string, value: unknown): Refusal {
  const isObject = field.endsWith("info") || ["extra", "properties"].includes(field);
  const types = isObject ? "'object', 'null'" : "'string', 'null'";
  return new Refusal(400, `Schema error for patch: ${python(value)} is not of type ${types}`);
}

/** A value as Python writes it. */
function python(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `'${key}': ${python(item)}`);
  return `{${entries.join(", ")}}`;
}
