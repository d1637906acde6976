import { Hono, type Context as Call } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Ids } from "../world/ids";
import { webhookFailure } from "./admission";
import { ApiRefusal } from "./ApiRefusal";
import { aboutOf, targetOf, type ApiRequest, type Served } from "./apiRequest";
import { serverVersion } from "../serverVersion";
import { discover } from "./discovery";
import type { Faults, FaultyAnswer } from "./faults";
import type { ModelControllers } from "./ModelControllers";
import { noSuchResource, ObjectApi } from "./objectApi";
import type { ObjectStore } from "./ObjectStore";
import { serveSubresource } from "./subresources";
import { WatchLog } from "./WatchLog";

/** What an API is made of. */
export interface ApiParts {
  store: ObjectStore;
  controllers: ModelControllers;
  faults: Faults;
  ids: Ids;
  served: Served;
  /** Who has which token. Faults and {@link onRequest} are about the product alone. */
  tokens: { product: string; superuser: string };
  onRequest: (request: { method: string; path: string; status: number }) => void;
}

/** The API server of a cluster with KubeVirt. */
export function kubevirtApp(parts: ApiParts): Hono {
  const app = new Hono();
  const api = new Api(parts);
  app.all("/*", (c) => api.answer(c));
  return app;
}

class Api {
  readonly #objects: ObjectApi;
  readonly #watches: WatchLog;

  constructor(private readonly parts: ApiParts) {
    this.#objects = new ObjectApi(parts.store, parts.ids);
    this.#watches = new WatchLog(parts.store);
  }

  async answer(c: Call): Promise<Response> {
    const request = await readRequest(c);
    const who = this.#callerOf(c);
    const response = this.#guarded(c, request, who);
    // The cluster's own time: a client must not believe the machine that it runs on.
    response.headers.set("date", new Date(this.parts.controllers.nowMs).toUTCString());
    const url = new URL(c.req.url);
    if (who === "product") {
      const path = `${url.pathname}${url.search}`;
      this.parts.onRequest({ method: request.method, path, status: response.status });
    }
    return response;
  }

  #guarded(c: Call, request: ApiRequest, who: string | undefined): Response {
    try {
      return this.#dispatch(c, request, who);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      return c.json(error.toStatus(), error.status as ContentfulStatusCode);
    }
  }

  #dispatch(c: Call, request: ApiRequest, who: string | undefined): Response {
    const [root = ""] = request.path;
    if (["readyz", "livez", "healthz"].includes(root)) return c.text("ok");
    if (root === "version") return c.json(serverVersion);
    if (who === undefined) throw new ApiRefusal(401, "Unauthorized", "Unauthorized");
    // A protobuf document without content: of custom resources it says nothing anyway.
    if (root === "openapi") return c.body("", 200);
    const found = discover(request.path, this.parts.served);
    if (found) return c.json(found);
    const access = accessReview(request);
    if (access) return c.json(access, 201);
    return this.#struck(c, request, who);
  }

  #struck(c: Call, request: ApiRequest, who: string): Response {
    const { resource, name } = aboutOf(request.path, this.parts.served);
    const fault =
      who === "product" ? this.parts.faults.answerTo(request.method, resource, name) : undefined;
    if (!fault) return this.#reviewed(c, request, resource);
    if (fault.afterwards === true) this.#serve(c, request);
    return faulty(c, fault);
  }

  #reviewed(c: Call, request: ApiRequest, resource: string): Response {
    const isCut = request.method === "POST" && this.parts.faults.cutsWebhook(resource);
    if (isCut) throw webhookFailure(resource);
    return this.#serve(c, request);
  }

  #serve(c: Call, request: ApiRequest): Response {
    const { path, query } = request;
    if (path[0] === "apis" && path[1] === "subresources.kubevirt.io") return this.#act(c, request);
    const target = targetOf(path, this.parts.served);
    if (!target) throw noSuchResource();
    const isWatch = ["true", "1"].includes(query.get("watch") ?? "");
    if (request.method === "GET" && isWatch) {
      const initial = () => this.#objects.list(target, query);
      return new Response(this.#watches.stream(target, query, initial), {
        headers: { "content-type": "application/json" },
      });
    }
    const { status, body } = this.#objects.serve(request, target);
    return c.json(body, status as ContentfulStatusCode);
  }

  #act(c: Call, { method, path, body }: ApiRequest): Response {
    const [, , , , namespace = "", plural = "", name = "", action = ""] = path;
    const { store, controllers } = this.parts;
    const parsed = body === "" ? undefined : (JSON.parse(body) as unknown);
    const call = { method, namespace, plural, name, action, body: parsed };
    const answer = serveSubresource(call, controllers);
    if (answer.write?.verb === "update") store.update(answer.write.type, answer.write.object);
    else if (answer.write) store.updateStatus(answer.write.type, answer.write.object);
    else controllers.run();
    if (answer.body !== undefined) return c.json(answer.body as object);
    return c.body(null, answer.status as 200);
  }

  #callerOf(c: Call): "product" | "superuser" | undefined {
    const token = /^Bearer (.*)$/.exec(c.req.header("authorization") ?? "")?.[1];
    if (token === this.parts.tokens.product) return "product";
    return token === this.parts.tokens.superuser ? "superuser" : undefined;
  }
}

async function readRequest(c: Call): Promise<ApiRequest> {
  const url = new URL(c.req.url);
  return {
    method: c.req.method,
    path: url.pathname
      .split("/")
      .filter((segment) => segment !== "")
      .map(decodeURIComponent),
    query: url.searchParams,
    contentType: c.req.header("content-type") ?? "",
    body: c.req.method === "GET" ? "" : await c.req.text(),
  };
}

function faulty(c: Call, { status, reason, message, retryAfter }: FaultyAnswer): Response {
  const refusal = new ApiRefusal(status, reason ?? "InternalError", message ?? "fault by script");
  const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  return c.json(refusal.toStatus(), status as ContentfulStatusCode, headers);
}

/** Everything is allowed to who is known here; rights are the real API server's business. */
function accessReview({ method, path, body }: ApiRequest): object | undefined {
  const isIt = path[1] === "authorization.k8s.io" && path[3] === "selfsubjectaccessreviews";
  if (method !== "POST" || !isIt) return undefined;
  return { ...(JSON.parse(body) as object), status: { allowed: true } };
}
