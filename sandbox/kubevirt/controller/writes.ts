import { apiVersionOf, type ResourceType } from "../resources";
import { isSame } from "../same";
import type { KubeObject, OwnerReference } from "../types";
import type { Write } from "./context";

/** Makes an object. */
export function create<T extends KubeObject>(
  type: ResourceType<T>,
  object: Omit<T, "apiVersion" | "kind">,
): Write {
  const typed: unknown = { apiVersion: apiVersionOf(type), kind: type.kind, ...object };
  return { verb: "create", type, object: typed as KubeObject };
}

/** Changes an object, when there is something to change. */
export function update<T extends KubeObject>(
  type: ResourceType<T>,
  old: T,
  changed: Partial<T>,
): Write | undefined {
  const object = { ...old, ...changed };
  return isSame(object, old) ? undefined : { verb: "update", type, object };
}

/** Changes an object's status, when there is something to change. */
export function updateStatus<T extends KubeObject>(
  type: ResourceType<T>,
  old: T,
  status: T["status"],
): Write | undefined {
  if (isSame(status, old.status)) return undefined;
  return { verb: "updateStatus", type, object: { ...old, status } };
}

/** Deletes an object, unless that has begun. */
export function remove<T extends KubeObject>(type: ResourceType<T>, object: T): Write | undefined {
  return isDeleting(object) ? undefined : { verb: "delete", type, object };
}

export function hasFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) ?? false;
}

export function addFinalizer<T extends KubeObject>(
  type: ResourceType<T>,
  object: T,
  finalizer: string,
): Write | undefined {
  const { metadata } = object;
  const { finalizers = [] } = metadata;
  if (finalizers.includes(finalizer)) return undefined;
  const changed = { ...metadata, finalizers: [...finalizers, finalizer] };
  return { verb: "update", type, object: { ...object, metadata: changed } };
}

export function removeFinalizer<T extends KubeObject>(
  type: ResourceType<T>,
  object: T,
  finalizer: string,
): Write | undefined {
  const { metadata } = object;
  const { finalizers = [] } = metadata;
  if (!finalizers.includes(finalizer)) return undefined;
  const changed = { ...metadata, finalizers: finalizers.filter((it) => it !== finalizer) };
  return { verb: "update", type, object: { ...object, metadata: changed } };
}

/** Sets or, with undefined, removes an annotation. */
export function annotate<T extends KubeObject>(
  type: ResourceType<T>,
  object: T,
  annotations: Record<string, string>,
  more: Partial<KubeObject["metadata"]> = {},
): Write | undefined {
  const all = { ...object.metadata.annotations, ...annotations };
  const metadata = { ...object.metadata, ...more, annotations: all };
  return update(type, object, { metadata } as Partial<T>);
}

export function ownerOf<T extends KubeObject>(type: ResourceType<T>, owner: T): OwnerReference {
  return {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    name: owner.metadata.name,
    uid: uidOf(owner),
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function uidOf({ metadata }: KubeObject): string {
  return metadata.uid ?? "";
}

export function namespaceOf({ metadata }: KubeObject): string {
  return metadata.namespace ?? "";
}

export function isDeleting({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** When an object was made, in milliseconds since the epoch. */
export function createdAtMs({ metadata }: KubeObject): number {
  return Date.parse(metadata.creationTimestamp ?? "");
}
