import type { Ids } from "../world/ids";
import { alreadyExists, conflict, notFound } from "./ApiRefusal";
import { apiVersionOf, nameOf, type ResourceType } from "./resources";
import { isSame } from "./same";
import { rfc3339 } from "./times";
import type { KubeObject } from "./types";

/** Something that has happened to an object. */
export interface StoreEvent {
  type: "ADDED" | "MODIFIED" | "DELETED";
  resource: ResourceType;
  object: KubeObject;
  version: number;
}

/** The objects of an API server, in memory, with what etcd and the registry do to them. */
export class ObjectStore {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #version = 1;

  constructor(
    private readonly nowMs: () => number,
    private readonly ids: Ids,
  ) {}

  get version(): string {
    return String(this.#version);
  }

  onEvent(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  find<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
  ): T | undefined {
    const found = this.peek(type, namespace, name);
    return found && structuredClone(found);
  }

  /** The stored object itself, which is only for reading. */
  peek<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
  ): T | undefined {
    return this.#of(type).get(keyOf(type, namespace, name)) as T | undefined;
  }

  /** @throws {ApiRefusal} 404 */
  get<T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string): T {
    const found = this.find(type, namespace, name);
    if (!found) throw notFound(type, name);
    return found;
  }

  /** Those of a namespace, or all. */
  list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): T[] {
    return this.peekAll(type, namespace).map((object) => structuredClone(object));
  }

  /** As {@link list}, of which the objects are only for reading. */
  peekAll<T extends KubeObject>(type: ResourceType<T>, namespace?: string): T[] {
    const all = [...this.#of(type).values()] as T[];
    return all.filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
    );
  }

  /** @throws {ApiRefusal} 409 when it is there already */
  create<T extends KubeObject>(type: ResourceType<T>, wanted: T): T {
    const given = withoutServersPart(wanted);
    const metadata = { ...given.metadata, name: this.#nameOf(given) };
    const object = {
      ...given,
      apiVersion: apiVersionOf(type),
      kind: type.kind,
      metadata: {
        ...metadata,
        uid: this.ids.uuid(),
        generation: 1,
        creationTimestamp: rfc3339(this.nowMs()),
      },
    } as T;
    if (type.hasStatus) delete object.status;
    if (!type.isNamespaced) delete object.metadata.namespace;
    const key = keyOf(type, metadata.namespace, metadata.name);
    if (this.#of(type).has(key)) throw alreadyExists(type, metadata.name);
    return this.#put(type, key, object, "ADDED");
  }

  /**
   * Replaces an object, but for its status where that is a subresource: what is sent of it then is
   * left out silently, as the real one does.
   *
   * @throws {ApiRefusal} 404, 409 when it is not of the version that it was read in
   */
  update<T extends KubeObject>(type: ResourceType<T>, wanted: T): T {
    const old = this.#current(type, wanted);
    const next = { ...structuredClone(wanted), metadata: serversPartOf(old, wanted) };
    if (type.hasStatus) {
      if (old.status === undefined) delete next.status;
      else next.status = old.status;
    }
    return this.#replace(type, old, next);
  }

  /** Replaces an object's status alone. @throws {ApiRefusal} as {@link update} */
  updateStatus<T extends KubeObject>(type: ResourceType<T>, wanted: T): T {
    if (!type.hasStatus) return this.update(type, wanted);
    const old = this.#current(type, wanted);
    return this.#replace(type, old, { ...old, status: structuredClone(wanted.status) });
  }

  /** Removes an object, or marks it when it has finalizers. @throws {ApiRefusal} 404 */
  delete(type: ResourceType, namespace: string | undefined, name: string): KubeObject {
    const old = this.get(type, namespace, name);
    if ((old.metadata.finalizers ?? []).length === 0) return this.#remove(type, old);
    if (old.metadata.deletionTimestamp !== undefined) return old;
    const metadata = {
      ...old.metadata,
      deletionTimestamp: rfc3339(this.nowMs()),
      deletionGracePeriodSeconds: 0,
    };
    return this.#put(type, keyOf(type, namespace, name), { ...old, metadata }, "MODIFIED");
  }

  #current<T extends KubeObject>(type: ResourceType<T>, wanted: T): T {
    const { namespace, name, resourceVersion, uid } = wanted.metadata;
    const old = this.get(type, namespace, name);
    const isOlder =
      resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion;
    const isAnother = uid !== undefined && uid !== old.metadata.uid;
    if (isOlder || isAnother) throw conflict(type, name);
    return old;
  }

  #replace<T extends KubeObject>(type: ResourceType<T>, old: T, wanted: T): T {
    const next = JSON.parse(JSON.stringify(wanted)) as T;
    if (isSame(next, old)) return old;
    const { metadata } = next;
    if (!isSame(next.spec, old.spec)) metadata.generation = (metadata.generation ?? 1) + 1;
    const isGone =
      metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
    if (isGone) return this.#remove(type, next) as T;
    return this.#put(type, keyOf(type, metadata.namespace, metadata.name), next, "MODIFIED");
  }

  #put<T extends KubeObject>(
    type: ResourceType<T>,
    key: string,
    wanted: T,
    event: "ADDED" | "MODIFIED",
  ): T {
    this.#version += 1;
    const object = structuredClone(wanted);
    object.metadata.resourceVersion = String(this.#version);
    this.#of(type).set(key, object);
    this.#tell({ type: event, resource: type, object, version: this.#version });
    return structuredClone(object);
  }

  #remove(type: ResourceType, object: KubeObject): KubeObject {
    const { namespace, name, uid = "" } = object.metadata;
    this.#of(type).delete(keyOf(type, namespace, name));
    this.#version += 1;
    object.metadata.resourceVersion = String(this.#version);
    this.#tell({ type: "DELETED", resource: type, object, version: this.#version });
    this.#collect(uid);
    return object;
  }

  /** What an object has owned goes with it. */
  #collect(ownerUid: string): void {
    for (const [type, objects] of this.#types()) {
      for (const { metadata } of [...objects.values()]) {
        const owners = metadata.ownerReferences ?? [];
        if (owners.length > 0 && owners.every(({ uid }) => uid === ownerUid)) {
          this.delete(type, metadata.namespace, metadata.name);
        }
      }
    }
  }

  readonly #known = new Map<string, ResourceType>();

  #types(): [ResourceType, Map<string, KubeObject>][] {
    return [...this.#known].map(([name, type]) => [
      type,
      this.#objects.get(name) ?? new Map<string, KubeObject>(),
    ]);
  }

  #of(type: ResourceType): Map<string, KubeObject> {
    const name = nameOf(type);
    const found = this.#objects.get(name);
    if (found) return found;
    const made = new Map<string, KubeObject>();
    this.#objects.set(name, made);
    this.#known.set(name, type);
    return made;
  }

  #tell(event: StoreEvent): void {
    const object = structuredClone(event.object);
    for (const listener of this.#listeners) listener({ ...event, object });
  }

  #nameOf({ metadata }: KubeObject): string {
    const { name, generateName = "" } = metadata;
    return name === "" || (name as string | undefined) === undefined
      ? `${generateName}${this.ids.hex(5)}`
      : name;
  }
}

function keyOf(type: ResourceType, namespace: string | undefined, name: string): string {
  return type.isNamespaced ? `${namespace ?? ""}/${name}` : name;
}

/** What a client cannot set. */
function withoutServersPart<T extends KubeObject>(object: T): T {
  const copy = structuredClone(object);
  const { metadata } = copy;
  delete metadata.uid;
  delete metadata.resourceVersion;
  delete metadata.creationTimestamp;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  return copy;
}

/** Metadata as wanted, but for what a client cannot set. */
function serversPartOf(old: KubeObject, wanted: KubeObject): KubeObject["metadata"] {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
  const { generation, resourceVersion } = old.metadata;
  return JSON.parse(
    JSON.stringify({
      ...wanted.metadata,
      uid,
      creationTimestamp,
      generation,
      resourceVersion,
      deletionTimestamp,
      deletionGracePeriodSeconds,
    }),
  ) as KubeObject["metadata"];
}
