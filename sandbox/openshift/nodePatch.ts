import type { ModelCluster } from "./modelCluster";
import { nodeObjects } from "./nodeObjects";
import type { WireObject } from "./objects";

type Json = Record<string, unknown>;
interface Operation {
  op: string;
  path: string;
  value?: unknown;
}

/** What the API server says no to. */
export class PatchRefusal extends Error {
  override readonly name = "PatchRefusal";

  constructor(
    readonly status: 415 | 422,
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Patches a node: merge patch, strategic merge patch or JSON patch. Of the result the model keeps
 * what somebody other than a kubelet may set: cordon, labels and annotations.
 */
export function patchNode(
  cluster: ModelCluster,
  node: WireObject,
  contentType: string,
  patch: unknown,
): WireObject {
  const patched = applyPatch(node, contentType, patch) as Partial<WireObject>;
  const name = node.metadata.name;
  const state = cluster.state.nodes[name];
  if (!state) return node;
  const spec = patched.spec as { unschedulable?: boolean } | undefined;
  cluster.setUnschedulable(name, spec?.unschedulable === true);
  state.labels = { ...patched.metadata?.labels };
  state.annotations = { ...patched.metadata?.annotations };
  return nodeObjects(cluster).find((object) => object.metadata.name === name) ?? node;
}

/** Strategic and plain merge patches mean the same for the maps and scalars that are kept. */
function applyPatch(target: WireObject, contentType: string, patch: unknown): Json {
  if (contentType.startsWith("application/json-patch+json")) {
    const result = structuredClone(target) as Json;
    for (const operation of patch as Operation[]) applyOperation(result, operation);
    return result;
  }
  if (/^application\/(strategic-)?merge-patch\+json/.test(contentType)) {
    return merge(target, patch) as Json;
  }
  const message = `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json`;
  throw new PatchRefusal(415, "UnsupportedMediaType", message);
}

/** RFC 7386. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Json = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = merge(result[key], value);
  }
  return result;
}

/** RFC 6902, as far as objects go: a node's arrays are not for clients to change. */
function applyOperation(root: Json, { op, path, value }: Operation): void {
  const keys = path.split("/").slice(1);
  const last = unescape(keys.pop() ?? "");
  let target: unknown = root;
  for (const key of keys) target = isObject(target) ? target[unescape(key)] : undefined;
  const isThere = isObject(target) && last in target;
  if (!isObject(target) || (op !== "add" && !isThere)) {
    throw new PatchRefusal(
      422,
      "Invalid",
      `the server rejected our request due to an error in our request: ${path}`,
    );
  }
  if (op === "remove") Reflect.deleteProperty(target, last);
  else if (op === "add" || op === "replace") target[last] = value;
  else if (op !== "test" || target[last] !== value) {
    throw new PatchRefusal(
      422,
      "Invalid",
      `the server rejected our request due to an error in our request: ${op} ${path}`,
    );
  }
}

function unescape(key: string): string {
  return key.replaceAll("~1", "/").replaceAll("~0", "~");
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
