import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { HttpBindings } from "@hono/node-server";
import { Hono, type Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { FaultAction } from "../world";
import { clustersOf, type ClusterWorld } from "./clusters";
import { skewed } from "./clockSkew";
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from "./discovery";
import { serverVersion } from "../serverVersion";
import { clusterToken } from "./kubeconfig";
import type { ModelCluster } from "./modelCluster";
import { aggregatedGroups } from "./resources";
import { statusObject } from "./statusObject";
import { serveResource, type Answer } from "./serveResource";

/** What a request of a cluster's API is about. */
interface ApiRequest {
  method: string;
  /** Segments after the API address. */
  path: string[];
  query: URLSearchParams;
  accept: string;
  contentType: string;
  body: unknown;
}

/**
 * The APIs of all clusters of a world, to be mounted at /openshift: `/openshift/{address}/…` is
 * what `https://{address}:6443/…` is inside the environment.
 */
export function openshiftApp(world: ClusterWorld): Hono {
  const clusters = clustersOf(world);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.all("/:address/*", async (c) => {
    const cluster = clusters.at(c.req.param("address"));
    if (!cluster?.isServing()) return reset(c);
    const request = await readRequest(c);
    const answer = answerTo(world, cluster, request, isAuthenticated(c));
    const { clockSkewMs } = cluster.faults;
    c.header("date", new Date(world.clock.nowMs() + clockSkewMs).toUTCString());
    if ("fault" in answer) return misbehave(c, answer.fault);
    return typeof answer.body === "string"
      ? c.text(answer.body, answer.status as ContentfulStatusCode)
      : c.json(skewed(answer.body, clockSkewMs), answer.status as ContentfulStatusCode);
  });
  return app as unknown as Hono;
}

async function readRequest(c: Context): Promise<ApiRequest> {
  const url = new URL(c.req.url);
  const address = c.req.param("address") ?? "";
  const rest = url.pathname.slice(url.pathname.indexOf(`/${address}/`) + address.length + 2);
  const text = c.req.method === "GET" ? "" : await c.req.text();
  return {
    method: c.req.method,
    path: rest
      .split("/")
      .filter((segment) => segment !== "")
      .map(decodeURIComponent),
    query: url.searchParams,
    accept: c.req.header("accept") ?? "",
    contentType: c.req.header("content-type") ?? "",
    body: parse(text),
  };
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function answerTo(
  world: ClusterWorld,
  cluster: ModelCluster,
  request: ApiRequest,
  authenticated: boolean,
): Answer {
  const open = openAnswer(request);
  if (open) return open;
  if (!authenticated) {
    return { status: 401, body: statusObject(401, "Unauthorized", "Unauthorized") };
  }
  return discoveryAnswer(cluster, request) ?? serveResource(world, cluster, request);
}

/**
 * The kubeconfig's token. kubectl leaves credentials out on plain http (client-go, clientcmd's
 * ClientConfig: only with IsConfigTransportTLS), so from kubectl no token is as good as the right one.
 */
function isAuthenticated(c: Context): boolean {
  const authorization = c.req.header("authorization");
  if (authorization !== undefined) return authorization === `Bearer ${clusterToken}`;
  return /^kubectl\//.test(c.req.header("user-agent") ?? "");
}

/** What anonymous callers may read. */
function openAnswer({ path }: ApiRequest): Answer | undefined {
  const [first = ""] = path;
  if (["readyz", "livez", "healthz"].includes(first)) return { status: 200, body: "ok" };
  return first === "version" ? { status: 200, body: serverVersion } : undefined;
}

function discoveryAnswer(cluster: ModelCluster, { path }: ApiRequest): Answer | undefined {
  const isServed = (group: string) => !aggregatedGroups.has(group) || cluster.servesAggregated();
  const [root, group, version, ...rest] = path;
  if (root === "api" && group === undefined) return { status: 200, body: apiVersions() };
  if (root === "api" && version === undefined) return { status: 200, body: apiResourceList("") };
  if (root !== "apis" || rest.length > 0) return undefined;
  if (group === undefined) return { status: 200, body: apiGroupList(isServed) };
  if (!isServed(group)) return undefined;
  return { status: 200, body: version === undefined ? apiGroup(group) : apiResourceList(group) };
}

async function misbehave(c: Context<{ Bindings: HttpBindings }>, fault: FaultAction) {
  if ("reset" in fault) return reset(c);
  if (!("status" in fault)) return c.json(statusObject(500, "InternalError", "unknown fault"), 500);
  const body = fault.body ?? statusObject(fault.status, "InternalError", "fault by script");
  return Promise.resolve(c.json(body, fault.status as ContentfulStatusCode, fault.headers ?? {}));
}

/** An address without an API server behind it: the connection ends without an answer. */
function reset(c: Context<{ Bindings: HttpBindings }>): Response {
  const incoming = (c.env as Partial<HttpBindings> | undefined)?.incoming;
  // without a socket (a request made in the same process) the nearest thing is an empty 503
  if (!incoming) return c.body(null, 503);
  incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}
