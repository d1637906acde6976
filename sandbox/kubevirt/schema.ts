import { invalid, type Cause } from "./ApiRefusal";
import { contents, restores, snapshots, virtualMachines, type ResourceType } from "./resources";
import type { KubeObject } from "./types";

/** The part of a structural schema (OpenAPI v3) that is used here. */
export interface Schema {
  type: "object" | "string" | "boolean" | "array";
  properties?: Readonly<Record<string, Schema>>;
  items?: Schema;
  required?: readonly string[];
  enum?: readonly string[];
  default?: string;
  "x-kubernetes-preserve-unknown-fields"?: true;
}

const text: Schema = { type: "string" };
const texts: Schema = { type: "array", items: text };

const reference: Schema = {
  type: "object",
  required: ["kind", "name"],
  properties: { apiGroup: text, kind: text, name: text },
};

const anything: Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

const policies = ["StopTarget", "WaitGracePeriod", "FailImmediate", "WaitEventually"];

const specs: Readonly<Record<string, Schema>> = {
  [virtualMachines.plural]: {
    ...anything,
    required: ["template"],
    properties: { runStrategy: text, running: { type: "boolean" }, template: anything },
  },
  [snapshots.plural]: {
    type: "object",
    required: ["source"],
    properties: { source: reference, deletionPolicy: text, failureDeadline: text },
  },
  [contents.plural]: {
    ...anything,
    required: ["source"],
    properties: { virtualMachineSnapshotName: text, source: anything },
  },
  [restores.plural]: {
    type: "object",
    required: ["target", "virtualMachineSnapshotName"],
    properties: {
      target: reference,
      virtualMachineSnapshotName: text,
      targetReadinessPolicy: { type: "string", default: "WaitGracePeriod", enum: policies },
      volumeRestorePolicy: text,
      volumeOwnershipPolicy: text,
      volumeRestoreOverrides: { type: "array", items: anything },
      patches: texts,
    },
  },
};

/** What an object's definition asks of it. Statuses are not looked at: only controllers write them. */
export function schemaOf({ plural }: ResourceType): Schema {
  const spec = specs[plural];
  return {
    ...anything,
    ...(spec && { required: ["spec"], properties: { spec, status: anything } }),
  };
}

/** @throws {ApiRefusal} 422 naming every field that is missing or of another type */
export function validate(type: ResourceType, object: KubeObject): void {
  const causes = problems(schemaOf(type), object, "");
  if (causes.length > 0) throw invalid(type, object.metadata.name, causes);
}

/** Sets what has a default, and drops what the schema does not know, as an API server does. */
export function prune(schema: Schema, value: unknown): unknown {
  if (schema.type === "array" && Array.isArray(value)) {
    return value.map((item) => (schema.items ? prune(schema.items, item) : item) as unknown);
  }
  if (!isObject(value) || !schema.properties) return value;
  const { properties } = schema;
  const known = Object.entries(value).filter(
    ([key]) => key in properties || schema["x-kubernetes-preserve-unknown-fields"],
  );
  const result = Object.fromEntries(
    known.map(([key, it]) => [key, properties[key] ? prune(properties[key], it) : it]),
  );
  for (const [key, property] of Object.entries(properties)) {
    if (property.default !== undefined) result[key] ??= property.default;
  }
  return result;
}

function problems(schema: Schema, value: unknown, path: string): Cause[] {
  if (!isOfType(schema.type, value)) {
    const got = Array.isArray(value) ? "array" : typeof value;
    const message = `Invalid value: "${got}": ${path} in body must be of type ${schema.type}: "${got}"`;
    return [{ reason: "FieldValueTypeInvalid", message, field: path }];
  }
  if (schema.enum && !schema.enum.includes(value as string)) {
    const allowed = schema.enum.map((it) => `"${it}"`).join(", ");
    const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${allowed}`;
    return [{ reason: "FieldValueNotSupported", message, field: path }];
  }
  if (schema.type === "array") {
    return (value as unknown[]).flatMap((item, index) =>
      schema.items ? problems(schema.items, item, `${path}[${index}]`) : [],
    );
  }
  return isObject(value) ? problemsWithin(schema, value, path) : [];
}

function problemsWithin(schema: Schema, value: Record<string, unknown>, path: string): Cause[] {
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  const missing = (schema.required ?? []).filter((key) => value[key] === undefined);
  const within = Object.entries(schema.properties ?? {}).flatMap(([key, property]) =>
    value[key] === undefined ? [] : problems(property, value[key], at(key)),
  );
  const required = missing.map((key) => ({
    reason: "FieldValueRequired",
    message: "Required value",
    field: at(key),
  }));
  return [...required, ...within];
}

function isOfType(type: Schema["type"], value: unknown): boolean {
  if (type === "array") return Array.isArray(value);
  return type === "object" ? isObject(value) : typeof value === type;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
