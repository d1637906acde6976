import type { AddressInfo } from "node:net";
import type { Server, ServerResponse } from "node:http";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import { messageOf } from "../common/errors";
import { clusterControlApp, openshiftApp } from "./openshift";
import { controlApp } from "./control";
import { keepAliveMs } from "./keepAlive";
import { bareMetalApp } from "./openstack/baremetal/app";
import { blockStorageApp } from "./openstack/blockStorage/app";
import { computeApp } from "./openstack/compute/app";
import { ConnectionReset, type Ctx, type SandboxEnv } from "./openstack/face";
import { identityApp } from "./openstack/identity/app";
import { imageApp } from "./openstack/image/app";
import { networkApp } from "./openstack/network/app";
import { Ids } from "./world/ids";
import type { World } from "./world/world";

/** Path prefix → name in the request log. */
const services: Record<string, string> = {
  identity: "identity",
  compute: "compute",
  image: "image",
  network: "network",
  volume: "block-storage",
  baremetal: "baremetal",
  openshift: "openshift",
};

/** All services over one world, on one port. */
export function sandboxApp(world: World, stop?: () => void): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  // Ids of requests have a seed of their own, so that polling more often changes no other id.
  const ids = new Ids(0);
  app.use("*", async (c: Ctx, next) => {
    c.set("requestId", `req-${ids.uuid()}`);
    await next();
    // A cluster tells its own time, which may be wrong.
    const tellsTime = c.get("wasReset") || c.res.headers.has("date");
    if (!tellsTime) c.res.headers.set("date", world.clock.now().toUTCString());
    log(world, c, c.get("wasReset") ? 0 : c.res.status);
  });
  app.onError((error, c: Ctx) => {
    if (error instanceof ConnectionReset) {
      c.set("wasReset", true);
      return RESPONSE_ALREADY_SENT;
    }
    return c.text(`The sandbox failed: ${messageOf(error)}`, 500);
  });
  app.route("/identity", identityApp(world));
  app.route("/compute", computeApp(world));
  app.route("/image", imageApp(world));
  app.route("/network", networkApp(world));
  app.route("/volume", blockStorageApp(world));
  app.route("/baremetal", bareMetalApp(world));
  app.route("/openshift", openshiftApp(world));
  app.route("/sandbox", controlApp(world, stop));
  app.route("/sandbox", clusterControlApp(world));
  return app;
}

function log(world: World, c: Ctx, status: number): void {
  const { pathname } = new URL(c.req.url);
  const service = services[pathname.split("/")[1] ?? ""];
  if (service === undefined) return;
  const at = world.clock.now();
  const action = c.get("action") as string | undefined;
  world.requests.add({
    at,
    service,
    action: action ?? "",
    method: c.req.method,
    path: pathname,
    status,
  });
}

async function sendHalf(outgoing: ServerResponse, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const headers = Object.fromEntries(response.headers);
  outgoing.writeHead(response.status, { ...headers, "content-length": body.length });
  await new Promise((resolve) => {
    outgoing.write(body.subarray(0, Math.ceil(body.length / 2)), resolve);
  });
}

/** A listening server. */
export interface Listener {
  url: string;
  /** Ends at once, open connections included. */
  close(): Promise<void>;
}

/** Serves an app on a loopback port. */
export async function listen(app: Hono<SandboxEnv>, port: number): Promise<Listener> {
  const server = createAdaptorServer({
    fetch: (request, bindings) => {
      const { incoming, outgoing } = bindings as HttpBindings;
      return app.fetch(request, {
        incoming,
        outgoing,
        origin: `http://${incoming.headers.host ?? ""}`,
        reset: () => {
          incoming.socket.resetAndDestroy();
        },
        cut: async (response: Response) => {
          await sendHalf(outgoing, response);
          incoming.socket.resetAndDestroy();
        },
      });
    },
  }) as Server;
  server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
