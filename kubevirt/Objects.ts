import { callApi, ClusterError, isNotFound, type Call, type Wire } from "../openshift";
import { pathOf, type Resource } from "./resources";
import type { MetadataPatch, NewObject, ObjectMeta } from "./types";

const mergePatch = "application/merge-patch+json";
/** How often a call is made that may be repeated. */
const attempts = 3;

/** The calls that objects of every kind have. All throw {@link ClusterError}. */
export class Objects {
  constructor(
    private readonly wire: Wire,
    private readonly namespace: string,
  ) {}

  withSignal(signal: AbortSignal | undefined): Objects {
    return new Objects({ ...this.wire, signal }, this.namespace);
  }

  /** No `limit` is sent, so the server answers with the whole list at once: there are no pages. */
  async list<T>(resource: Resource, labelSelector?: string): Promise<T[]> {
    const query =
      labelSelector === undefined ? "" : `?labelSelector=${encodeURIComponent(labelSelector)}`;
    const body = (await this.call({
      verb: "list",
      resource: `${resource.plural} in ${this.namespace}`,
      path: pathOf(resource, this.namespace) + query,
    })) as { items?: T[] | null };
    return body.items ?? [];
  }

  /**
   * Makes an object of a name that is ours alone, so that an answer that was lost may be asked for
   * again: one that is there already is answered as it is.
   */
  async create<T>(resource: Resource, object: NewObject): Promise<T> {
    const { name } = object.metadata;
    const { apiVersion, kind } = resource;
    try {
      return (await this.call({
        verb: "create",
        resource: `${kind} ${this.namespace}/${name}`,
        path: pathOf(resource, this.namespace),
        body: { apiVersion, kind, ...object },
        attempts,
      })) as T;
    } catch (error) {
      const isThere = error instanceof ClusterError && error.reason === "AlreadyExists";
      const found = isThere ? await this.find<T>(resource, name) : undefined;
      if (found === undefined) throw error;
      return found;
    }
  }

  /** Sets fields to fixed values: JSON merge patch. */
  async patch<T>(resource: Resource, name: string, body: unknown): Promise<T> {
    const address = this.addressOf(resource, name);
    return (await this.call({
      verb: "patch",
      ...address,
      body,
      contentType: mergePatch,
    })) as T;
  }

  /** Undefined when there is none of that name any more. */
  async patchMetadata<T>(
    resource: Resource,
    name: string,
    metadata: MetadataPatch,
  ): Promise<T | undefined> {
    return this.unlessGone(this.patch<T>(resource, name, { metadata }));
  }

  /** Deletes this very object, and none that somebody made in its place; one that is gone is fine. */
  async delete(resource: Resource, { name, uid }: Pick<ObjectMeta, "name" | "uid">): Promise<void> {
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      preconditions: { uid },
      propagationPolicy: "Background",
    };
    await this.unlessGone(this.call({ verb: "delete", ...this.addressOf(resource, name), body }));
  }

  /** A call whose answer has no body. */
  async put(path: string, resource: string, body: unknown, isRepeatable: boolean): Promise<void> {
    const many = isRepeatable ? attempts : 1;
    await this.call({ verb: "update", resource, path, body, wants: "nothing", attempts: many });
  }

  /** By a list, as who may see all needs no right to see one. */
  private async find<T>(resource: Resource, name: string): Promise<T | undefined> {
    const all = await this.list<T & { metadata: ObjectMeta }>(resource);
    return all.find(({ metadata }) => metadata.name === name);
  }

  private addressOf(resource: Resource, name: string) {
    return {
      resource: `${resource.kind} ${this.namespace}/${name}`,
      path: pathOf(resource, this.namespace, name),
    };
  }

  private call(call: Call): Promise<unknown> {
    return callApi(this.wire, call);
  }

  private async unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
