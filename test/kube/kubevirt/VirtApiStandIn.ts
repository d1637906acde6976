import { serve } from "@hono/node-server";
import type { HttpBindings } from "@hono/node-server";
import { Hono, type Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import {
  ApiRefusal,
  causesAgainst,
  customTypes,
  firmwarePatch,
  serveSubresource,
  subresourceList,
  type Cause,
  type SubresourceCall,
} from "../../../sandbox/kubevirt";
import type { KubeObject as ModelObject } from "../../../sandbox/kubevirt/types";
import { omit } from "../../../sandbox/world/omit";
import { issue } from "../../../sandbox/certificates";
import { keepAliveMs } from "../../../sandbox/keepAlive";
import type { Api } from "../Api";
import type { Pki } from "../Pki";
import { isWritten } from "./ApiControllers";
import { ApiView, type Machinery } from "./ApiView";
import { kubevirtNamespace, virtApi } from "./definitions";

interface Review {
  request: {
    uid: string;
    operation: "CREATE" | "UPDATE";
    resource: { resource: string };
    object: ModelObject;
    oldObject?: ModelObject;
  };
}

const dayMs = 24 * 3_600_000;

/** virt-api as the API server sees it: an aggregated API and the webhooks, by HTTPS on loopback. */
export class VirtApiStandIn {
  port = 0;
  #server: Server | undefined;

  constructor(
    private readonly api: Api,
    private readonly machinery: Machinery,
    private readonly pki: Pki,
  ) {}

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  async open(): Promise<void> {
    const { pair, commonName } = this.pki.serverAuthority;
    const own = issue(
      {
        commonName: virtApi,
        purpose: "server",
        dnsNames: ["localhost", `${virtApi}.${kubevirtNamespace}.svc`],
        ipAddresses: ["127.0.0.1"],
        notBefore: new Date(Date.now() - dayMs),
        notAfter: new Date(Date.now() + dayMs),
      },
      { pair, commonName },
    );
    const serverOptions = {
      cert: own.certificate,
      key: own.key,
      ca: this.pki.aggregatorSigner.pair.certificate,
      requestCert: true,
      // Webhooks come without a certificate.
      rejectUnauthorized: false,
      keepAliveTimeout: keepAliveMs,
    };
    const server = serve({
      fetch: this.#app().fetch,
      hostname: "127.0.0.1",
      port: 0,
      createServer,
      serverOptions,
    }) as Server;
    if (!server.listening) await once(server, "listening");
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  #app(): Hono<{ Bindings: HttpBindings }> {
    const app = new Hono<{ Bindings: HttpBindings }>();
    app.use("/apis/*", async (c, next) => {
      const { socket } = c.env.incoming;
      const isApiServer = socket instanceof TLSSocket && socket.authorized;
      if (!isApiServer) return c.json({ message: "not the API server" }, 401);
      return next();
    });
    app.get("/apis/:group/:version", (c) => c.json(subresourceList(c.req.param("version"))));
    app.all("/apis/:group/:version/namespaces/:namespace/:plural/:name/:action", (c) =>
      this.#act(c, omit(c.req.param(), "group", "version")),
    );
    app.post("/validate/:plural", async (c) => {
      const { request } = await c.req.json<Review>();
      const isNew = request.operation === "CREATE";
      if (isNew && this.machinery.faults.cutsWebhook(request.resource.resource)) {
        c.env.incoming.socket.destroy();
      }
      const view = await ApiView.take(this.api, this.machinery);
      return c.json(review(request.uid, judge(request, view)));
    });
    app.post("/mutate/:plural", async (c) => {
      const { request } = await c.req.json<Review>();
      const patch = btoa(JSON.stringify(firmwarePatch(request.object, () => crypto.randomUUID())));
      return c.json(review(request.uid, { allowed: true, patchType: "JSONPatch", patch }));
    });
    return app;
  }

  async #act(c: Context, about: Omit<SubresourceCall, "method" | "body">): Promise<Response> {
    const text = c.req.method === "GET" ? "" : await c.req.text();
    const body = text === "" ? undefined : (JSON.parse(text) as unknown);
    const call = { method: c.req.method, ...about, body };
    for (;;) {
      const view = await ApiView.take(this.api, this.machinery);
      const answer = attempt(() => serveSubresource(call, view));
      if (answer instanceof ApiRefusal) {
        return c.json(answer.toStatus(), answer.status as ContentfulStatusCode);
      }
      // Virt-api patches fields: that somebody has written others meanwhile is no conflict to it.
      const { write } = answer;
      if (write && !(await isWritten(this.api, write, this.machinery.served))) continue;
      if (answer.body !== undefined) return c.json(answer.body as object);
      return c.body(null, answer.status as 200);
    }
  }
}

function review(uid: string, response: object) {
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: { uid, ...response },
  };
}

function judge({ resource, object, oldObject }: Review["request"], view: ApiView): object {
  const type = customTypes.find(({ plural }) => plural === resource.resource);
  if (!type) return { allowed: true };
  const causes = attempt(() => causesAgainst(type, object, oldObject ?? undefined, view));
  if (causes instanceof ApiRefusal) {
    return { allowed: false, status: { message: causes.message, code: causes.status } };
  }
  return causes.length === 0 ? { allowed: true } : refusal(causes);
}

function refusal(causes: readonly Cause[]): object {
  const message = causes.map((cause) => cause.message).join(", ");
  const status = { message, reason: "Invalid", code: 422, details: { causes } };
  return { allowed: false, status };
}

function attempt<T>(act: () => T): T | ApiRefusal {
  try {
    return act();
  } catch (error) {
    if (error instanceof ApiRefusal) return error;
    throw error;
  }
}
