import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { setTimeout as delay } from "node:timers/promises";
import { ZodError } from "zod";
import { callerOf, type Caller } from "../world/identity";
import type { FaultAction, Service } from "../world/faults";
import { Refusal } from "../world/refusal";
import type { World } from "../world/world";

/** What the server puts into each request's context before an app sees it. */
export interface SandboxEnv {
  Variables: {
    requestId: string;
    /** The API action, for the log and the faults; set by the route that matches. */
    action: string;
    caller: Caller;
    body: unknown;
    /** The connection was closed instead of an answer. */
    wasReset?: boolean;
  };
  Bindings: {
    /** Closes the connection without an answer. */
    reset(): void;
    /** Sends the headers and half of the body, and closes the connection then. */
    cut(response: Response): Promise<void>;
    /** Scheme, host and port that the client used. */
    origin: string;
  };
}

/** A request on its way through an app. */
export type Ctx = Context<SandboxEnv>;

type Handler = (c: Ctx) => Response | Promise<Response>;

/** What one service's HTTP face is made with. */
export interface FaceOptions {
  service: Service;
  /** The refusal in the service's own error format. */
  refuse: (c: Ctx, refusal: Refusal) => Response;
  /** Further names of the thing that a request is about, for faults: e.g. a server's name for its id. */
  names?: (c: Ctx) => string[];
  /** What is said to a reader who asks for a change, by the API action's name. */
  forbid?: (action: string) => string;
  /** Headers that every answer of the service carries. */
  headers?: (c: Ctx) => Record<string, string>;
}

/** Thrown to leave a request without an answer. */
export class ConnectionReset extends Error {
  override readonly name = "ConnectionReset";
}

type Method = "get" | "post" | "put" | "patch" | "delete";

/** Adds routes to a service's app, each with its action's name, faults and error format. */
export class Face {
  constructor(
    private readonly app: Hono<SandboxEnv>,
    private readonly world: World,
    private readonly options: FaceOptions,
  ) {}

  /** @param action the API action's name, or how to read it off the request */
  on(
    method: Method,
    path: string,
    action: string | ((c: Ctx) => string),
    handler: Handler,
    { isPublic = false } = {},
  ): void {
    this.app[method](path, async (c) => {
      try {
        if (!isPublic) this.#authenticate(c);
        await this.#readBody(c);
        c.set("action", typeof action === "string" ? action : action(c));
        if (!isPublic && method !== "get") this.#authorize(c);
        return this.#dress(c, await this.#serve(c, handler));
      } catch (error) {
        return this.#dress(c, this.options.refuse(c, asRefusal(error)));
      }
    });
  }

  /** The answer to a path that the service does not have. */
  notFound(c: Ctx, message: string): Response {
    return this.#dress(c, this.options.refuse(c, new Refusal(404, message, "HTTPNotFound")));
  }

  #authenticate(c: Ctx): void {
    c.set("caller", callerOf(this.world.identity.validate(c.req.header("x-auth-token"))));
  }

  // Keystone's secure defaults: `reader` reads, and everything else is for `member` and `admin`.
  #authorize(c: Ctx): void {
    const { roles } = c.get("caller");
    if (this.options.forbid === undefined || roles.some((role) => role !== "reader")) return;
    throw new Refusal(403, this.options.forbid(c.get("action")), "PolicyNotAuthorized");
  }

  async #readBody(c: Ctx): Promise<void> {
    const type = c.req.header("content-type") ?? "";
    if (c.req.method === "GET" || c.req.method === "DELETE" || !type.includes("json")) return;
    const text = await c.req.text();
    try {
      c.set("body", text === "" ? undefined : JSON.parse(text));
    } catch {
      throw new Refusal(400, "Body contains invalid data", "HTTPBadRequest");
    }
  }

  async #serve(c: Ctx, handler: Handler): Promise<Response> {
    const names = [...Object.values(c.req.param()), ...bodyNames(c.get("body"))];
    const more = this.options.names?.(c) ?? [];
    const faults = this.world.faults.strike(this.options.service, c.get("action"), [
      ...names,
      ...more,
    ]);
    let response: Response | undefined;
    for (const fault of faults) response = (await this.#strike(c, fault, handler)) ?? response;
    return response ?? handler(c);
  }

  async #strike(c: Ctx, fault: FaultAction, handler: Handler): Promise<Response | undefined> {
    if ("delayMs" in fault) {
      await delay(fault.delayMs);
      return undefined;
    }
    if ("effect" in fault) return undefined;
    if ("reset" in fault && fault.midBody === true) {
      await c.env.cut(this.#dress(c, await handler(c)));
      throw new ConnectionReset();
    }
    if (fault.afterwards === true) await handler(c);
    if ("reset" in fault) {
      c.env.reset();
      throw new ConnectionReset();
    }
    const status = fault.status as ContentfulStatusCode;
    if (fault.body === undefined && status >= 400) {
      const message = `The sandbox was told to answer ${fault.status}.`;
      const refusal = new Refusal(fault.status as Refusal["status"], message, "SandboxFault");
      const response = this.options.refuse(c, refusal);
      for (const [name, value] of Object.entries(fault.headers ?? {})) {
        response.headers.set(name, value);
      }
      return response;
    }
    return typeof fault.body === "string"
      ? c.text(fault.body, status, fault.headers)
      : c.json(fault.body ?? {}, status, fault.headers);
  }

  #dress(c: Ctx, response: Response): Response {
    const headers = this.options.headers?.(c) ?? {};
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    response.headers.set("x-openstack-request-id", c.get("requestId"));
    return response;
  }
}

/** A body that does not fit its schema is the client's fault; anything else goes on up. */
function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof ZodError)
    return new Refusal(400, "Malformed request body", "HTTPBadRequest");
  throw error;
}

/** The names that a request's body gives: `{"server": {"name": …}}`, `{"createImage": {"name": …}}`. */
function bodyNames(body: unknown): string[] {
  if (typeof body !== "object" || body === null) return [];
  return [body, ...Object.values(body as Record<string, unknown>)].flatMap((part) => {
    const name = (part as { name?: unknown } | null)?.name;
    return typeof name === "string" ? [name] : [];
  });
}

/** A path parameter that the route's pattern has. */
export function param(c: Ctx, name: string): string {
  return c.req.param(name) ?? "";
}

/** WebOb's HTML error page, which Glance and unknown paths answer with. */
export function htmlError(c: Ctx, status: number, title: string, message: string): Response {
  const text = message.replaceAll("&", "&amp;").replaceAll("'", "&#x27;").replaceAll('"', "&quot;");
  return c.html(
    `<html>\n <head>\n  <title>${status} ${title}</title>\n </head>\n <body>\n  <h1>${status} ${title}</h1>\n  ${text}<br /><br />\n\n\n\n </body>\n</html>`,
    status as ContentfulStatusCode,
  );
}

const titles: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  406: "Not Acceptable",
  409: "Conflict",
  413: "Request Entity Too Large",
  415: "Unsupported Media Type",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** The reason phrase of a status. */
export const titleOf = (status: number): string => titles[status] ?? "Error";

/** What keystonemiddleware answers in front of Nova, Neutron and Cinder. */
export function unauthorized(c: Ctx): Response {
  return c.json(
    {
      error: {
        code: 401,
        title: "Unauthorized",
        message: "The request you have made requires authentication.",
      },
    },
    401,
    { "www-authenticate": `Keystone uri="${c.env.origin}/identity"` },
  );
}
