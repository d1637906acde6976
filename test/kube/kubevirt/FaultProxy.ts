import { Hono, type Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Agent, request } from "undici";
import { omit } from "../../../sandbox/world/omit";
import {
  aboutOf,
  ApiRefusal,
  kubeconfigOf,
  listen,
  type Faults,
  type Listening,
  type Served,
} from "../../../sandbox/kubevirt";

/** Between the product and an API server: writes down what is asked, and may answer itself. */
export class FaultProxy {
  readonly requests: { method: string; path: string; status: number }[] = [];
  readonly #agent: Agent;
  #listening: Listening | undefined;

  constructor(
    private readonly server: string,
    ca: string,
    private readonly faults: Faults,
    private readonly served: Served,
  ) {
    this.#agent = new Agent({ connect: { ca } });
  }

  async open(): Promise<void> {
    const app = new Hono();
    app.all("/*", async (c) => {
      const response = await this.#answer(c);
      const { pathname, search } = new URL(c.req.url);
      this.requests.push({
        method: c.req.method,
        path: pathname + search,
        status: response.status,
      });
      return response;
    });
    this.#listening = await listen(app);
  }

  /** Content of a kubeconfig that leads through here. */
  kubeconfig(token: string, namespace: string): string {
    if (!this.#listening) throw new Error("the proxy is not open");
    return kubeconfigOf(this.#listening, token, namespace);
  }

  async close(): Promise<void> {
    await this.#listening?.close();
    await this.#agent.destroy();
  }

  async #answer(c: Context): Promise<Response> {
    const path = new URL(c.req.url).pathname.split("/").filter((it) => it !== "");
    const { resource, name } = aboutOf(path.map(decodeURIComponent), this.served);
    const fault = this.faults.answerTo(c.req.method, resource, name);
    if (!fault) return this.#forward(c);
    if (fault.afterwards === true) await this.#forward(c);
    const { status, reason, message, retryAfter } = fault;
    const refusal = new ApiRefusal(status, reason ?? "InternalError", message ?? "fault by script");
    const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
    return c.json(refusal.toStatus(), status as ContentfulStatusCode, headers);
  }

  async #forward(c: Context): Promise<Response> {
    const { pathname, search } = new URL(c.req.url);
    // An API server compresses long answers, which would have to be told on.
    const headers = omit(c.req.header(), "host", "connection", "accept-encoding");
    const body = ["GET", "HEAD"].includes(c.req.method) ? null : await c.req.text();
    const answer = await request(`${this.server}${pathname}${search}`, {
      method: c.req.method as "GET",
      headers,
      body,
      dispatcher: this.#agent,
    });
    const type = answer.headers["content-type"];
    const text = await answer.body.text();
    return new Response(text === "" ? null : text, {
      status: answer.statusCode,
      headers: { "content-type": typeof type === "string" ? type : "application/json" },
    });
  }
}
