import { admit } from "./admission";
import { ApiRefusal, notFound } from "./ApiRefusal";
import { documentOf, type ApiRequest, type Target } from "./apiRequest";
import { mutated } from "./firmware";
import { applyJsonPatch, mergePatch, PatchError } from "./jsonPatch";
import type { ObjectStore } from "./ObjectStore";
import { apiVersionOf, nameOf, type ResourceType } from "./resources";
import { prune, schemaOf, validate } from "./schema";
import { isSelected } from "./selectors";
import type { KubeObject } from "./types";
import type { Ids } from "../world/ids";

/** An answer with its status. */
export interface ApiAnswer {
  status: number;
  body: object;
}

/** Reads and writes of objects by HTTP, over a store. */
export class ObjectApi {
  /** What each manager has applied last, by the object's uid. */
  readonly #applied = new Map<string, unknown>();

  constructor(
    private readonly store: ObjectStore,
    private readonly ids: Ids,
  ) {}

  /** @throws {ApiRefusal} */
  serve(request: ApiRequest, target: Target): ApiAnswer {
    const { method } = request;
    if (target.subresource !== undefined && target.subresource !== "status") {
      throw noSuchResource();
    }
    if (method === "GET") return this.#read(request, target);
    if (method === "POST" && target.name === undefined) return this.#create(request, target);
    if (method === "DELETE") return this.#delete(request, target);
    if (method === "PUT" && target.name !== undefined) return this.#replace(request, target);
    if (method === "PATCH" && target.name !== undefined) return this.#patch(request, target);
    const message = "the server does not allow this method on the requested resource";
    throw new ApiRefusal(405, "MethodNotAllowed", message);
  }

  /** The objects of a collection that are selected. */
  list({ type, namespace, version }: Target, query: URLSearchParams): KubeObject[] {
    const all = this.store.list(type, namespace).filter((object) => isSelected(object, query));
    return all.map((object) => inVersion(object, type, version));
  }

  #read(request: ApiRequest, target: Target): ApiAnswer {
    const { type, version, namespace, name } = target;
    if (name !== undefined) {
      return { status: 200, body: inVersion(this.store.get(type, namespace, name), type, version) };
    }
    const items = this.list(target, request.query);
    const metadata = { resourceVersion: this.store.version };
    const apiVersion = apiVersionOf(type, version);
    return { status: 200, body: { apiVersion, kind: `${type.kind}List`, metadata, items } };
  }

  #create(request: ApiRequest, target: Target): ApiAnswer {
    const given = objectOf(documentOf(request), target);
    return { status: 201, body: this.#make(given, target, request.query) };
  }

  #make(given: KubeObject, target: Target, query: URLSearchParams): KubeObject {
    const { type, version } = target;
    const object = prune(schemaOf(type), given) as KubeObject;
    validate(type, object);
    const complete = mutated(type, object, () => this.ids.uuid());
    admit(type, complete, undefined, this.store);
    if (isDryRun(query)) return inVersion(complete, type, version);
    return inVersion(this.store.create(type, complete), type, version);
  }

  #replace(request: ApiRequest, target: Target): ApiAnswer {
    const given = objectOf(documentOf(request), target);
    return { status: 200, body: this.#write(given, target, request.query) };
  }

  #patch(request: ApiRequest, target: Target): ApiAnswer {
    const { type, namespace, name = "" } = target;
    const isApply = request.contentType.startsWith("application/apply-patch+yaml");
    const old = this.store.find(type, namespace, name);
    if (isApply) return this.#apply(request, target, old);
    if (!old) throw notFound(type, name);
    const patched = patch(old, request, type.group === "") as KubeObject;
    return { status: 200, body: this.#write(patched, target, request.query) };
  }

  /** Server-side apply: what the manager has applied before and does not now goes. */
  #apply(request: ApiRequest, target: Target, old: KubeObject | undefined): ApiAnswer {
    const given = objectOf(documentOf(request), target);
    const manager = request.query.get("fieldManager") ?? "";
    const remember = (uid = "") => this.#applied.set(`${uid} ${manager}`, given);
    if (!old) {
      const made = this.#make(given, target, request.query);
      remember(made.metadata.uid);
      return { status: 201, body: made };
    }
    const before = this.#applied.get(`${old.metadata.uid ?? ""} ${manager}`);
    const kept = without(old, before, given);
    const changed = this.#write(mergePatch(kept, given) as KubeObject, target, request.query);
    if (!isDryRun(request.query)) remember(old.metadata.uid);
    return { status: 200, body: changed };
  }

  #write(given: KubeObject, target: Target, query: URLSearchParams): KubeObject {
    const { type, namespace, name = "", version, subresource } = target;
    const old = this.store.get(type, namespace, name);
    const object = prune(schemaOf(type), given) as KubeObject;
    validate(type, object);
    if (subresource !== "status") admit(type, object, old, this.store);
    if (isDryRun(query)) return inVersion(object, type, version);
    const isStatus = subresource === "status";
    const written = isStatus
      ? this.store.updateStatus(type, object)
      : this.store.update(type, object);
    return inVersion(written, type, version);
  }

  #delete(request: ApiRequest, target: Target): ApiAnswer {
    const { query } = request;
    const options = documentOf(request);
    const { type, namespace, name, version } = target;
    const names =
      name === undefined ? this.list(target, query).map((it) => it.metadata.name) : [name];
    const gone = names.map((it) => {
      const old = this.store.get(type, namespace, it);
      requireUid(old, type, options);
      return isDryRun(query) ? old : this.store.delete(type, namespace, it);
    });
    const [only] = gone;
    if (name !== undefined && only?.metadata.deletionTimestamp !== undefined) {
      return { status: 200, body: inVersion(only, type, version) };
    }
    const details = { name, group: type.group, kind: type.plural, uid: only?.metadata.uid };
    return {
      status: 200,
      body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details },
    };
  }
}

export function noSuchResource(): ApiRefusal {
  return new ApiRefusal(404, "NotFound", "the server could not find the requested resource");
}

/** An object as it is in a version: they differ in nothing but their names. */
export function inVersion(object: KubeObject, type: Target["type"], version: string): KubeObject {
  return { ...object, apiVersion: apiVersionOf(type, version) };
}

function isDryRun(query: URLSearchParams): boolean {
  return query.get("dryRun") === "All";
}

function objectOf(body: unknown, { type, namespace, name, version }: Target): KubeObject {
  const object = structuredClone(body ?? {}) as KubeObject;
  const wanted = apiVersionOf(type, version);
  if (object.apiVersion !== wanted || object.kind !== type.kind) {
    const got = `${object.apiVersion}, Kind=${object.kind}`;
    const message = `the API version in the data (${got}) does not match the expected API version (${wanted})`;
    throw new ApiRefusal(400, "BadRequest", message);
  }
  const metadata = { ...(object.metadata as KubeObject["metadata"] | undefined) };
  object.metadata = {
    ...metadata,
    name: metadata.name ?? name ?? "",
    ...(namespace !== undefined && { namespace }),
  };
  return { ...object, apiVersion: apiVersionOf(type) };
}

function patch(old: KubeObject, request: ApiRequest, isStrategic: boolean): unknown {
  const { contentType } = request;
  const body = documentOf(request);
  if (contentType.startsWith("application/merge-patch+json")) return mergePatch(old, body);
  const isCore = contentType.startsWith("application/strategic-merge-patch+json") && isStrategic;
  if (isCore) return mergePatch(old, body);
  if (!contentType.startsWith("application/json-patch+json")) {
    const message =
      "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
    throw new ApiRefusal(415, "UnsupportedMediaType", message);
  }
  try {
    return applyJsonPatch(old, body as unknown[]);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw new ApiRefusal(
      422,
      "Invalid",
      `the server rejected our request due to an error in our request: ${error.message}`,
    );
  }
}

/** An object without the fields that were applied before and are not applied now. */
function without(object: unknown, before: unknown, now: unknown): KubeObject {
  if (!isObject(object) || !isObject(before)) return object as KubeObject;
  const result = { ...object };
  for (const key of Object.keys(before)) {
    if (!isObject(now) || !(key in now)) Reflect.deleteProperty(result, key);
    else result[key] = without(result[key], before[key], now[key]);
  }
  return result as unknown as KubeObject;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Who wants this very object deleted names its uid. */
function requireUid(object: KubeObject, type: ResourceType, options: unknown): void {
  const { preconditions } = (options ?? {}) as { preconditions?: { uid?: string } };
  const { name, uid } = object.metadata;
  if (preconditions?.uid === undefined || preconditions.uid === uid) return;
  const what = `Operation cannot be fulfilled on ${nameOf(type)} "${name}": Precondition failed`;
  const why = `UID in precondition: ${preconditions.uid}, UID in object meta: ${uid ?? ""}`;
  throw new ApiRefusal(409, "Conflict", `${what}: ${why}`);
}
