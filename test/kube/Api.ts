import { Agent, request } from "undici";

/** Who calls: a client certificate with its key, or a token. */
export type Identity = { certificate: string; key: string } | { token: string };

/** An answer that was not wanted. */
class ApiRefusal extends Error {
  override readonly name = "ApiRefusal";

  constructor(
    call: string,
    readonly status: number,
    message: string,
  ) {
    super(`${call}: ${status} ${message}`);
  }
}

/** A Kubernetes object, as far as every one of them is the same. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    labels?: Record<string, string | null>;
    annotations?: Record<string, string | null>;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

const mergePatch = "application/merge-patch+json";

/** Calls to a Kubernetes API by one identity, apart from the product's client. */
export class Api {
  readonly #agent: Agent;
  readonly #headers: Record<string, string>;

  constructor(
    private readonly server: string,
    ca: string,
    identity: Identity,
  ) {
    const own = "token" in identity ? {} : { cert: identity.certificate, key: identity.key };
    // One that was killed leaves connections on which nothing comes any more.
    const timeouts = { headersTimeout: 10_000, bodyTimeout: 10_000 };
    this.#agent = new Agent({ connect: { ca, ...own }, ...timeouts });
    this.#headers = "token" in identity ? { authorization: `Bearer ${identity.token}` } : {};
  }

  /** @throws {ApiRefusal} when the answer is not 2xx */
  async call(method: string, path: string, body?: unknown, contentType = "application/json") {
    const answer = await request(`${this.server}${path}`, {
      method: method as "GET",
      dispatcher: this.#agent,
      headers: { ...this.#headers, accept: "application/json", "content-type": contentType },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 200 && answer.statusCode < 300) return parse(text);
    const { message = text } = parse(text) as { message?: string };
    throw new ApiRefusal(`${method} ${path}`, answer.statusCode, message);
  }

  async get<T = KubeObject>(path: string): Promise<T> {
    return (await this.call("GET", path)) as T;
  }

  /** Undefined for what is not there. */
  async find<T = KubeObject>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (isRefusal(error, 404)) return undefined;
      throw error;
    }
  }

  async list<T = KubeObject>(path: string): Promise<T[]> {
    return (await this.get<{ items: T[] }>(path)).items;
  }

  async create<T = KubeObject>(path: string, body: unknown): Promise<T> {
    return (await this.call("POST", path, body)) as T;
  }

  async patch(path: string, body: unknown): Promise<unknown> {
    return this.call("PATCH", path, body, mergePatch);
  }

  /** Replaces an object's status. A merge patch would drop fields that must be there and null. */
  async setStatus(path: string, status: unknown): Promise<void> {
    const patch = [{ op: "add", path: "/status", value: status }];
    await this.call("PATCH", `${path}/status`, patch, "application/json-patch+json");
  }

  /** Removes an object or a collection at once; what is gone already is fine. */
  async remove(path: string): Promise<void> {
    try {
      await this.call("DELETE", path, { gracePeriodSeconds: 0 });
    } catch (error) {
      if (!isRefusal(error, 404)) throw error;
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** True for an answer with this status. */
export function isRefusal(error: unknown, status: number): boolean {
  return error instanceof ApiRefusal && error.status === status;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
