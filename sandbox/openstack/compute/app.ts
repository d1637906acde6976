import { Hono } from "hono";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { Face, htmlError, type Ctx, type SandboxEnv } from "../face";
import { faultBody } from "../faultBody";
import { addAttachments } from "./attachments";
import { addCatalogue } from "./catalogue";
import { addServerGroups } from "./serverGroups";
import { addServers } from "./servers";
import { isSupported, maxVersion, microversion, minVersion, notAcceptable } from "./version";

/** The rules of nova/policies that go by another name than their action. */
const policies: Record<string, string> = {
  createServer: "servers:create",
  updateServer: "servers:update",
  deleteServer: "servers:delete",
  createImage: "servers:create_image",
  "os-start": "servers:start",
  "os-stop": "servers:stop",
  reboot: "servers:reboot",
  rebuild: "servers:rebuild",
  "os-getConsoleOutput": "os-console-output",
  attachVolume: "os-volumes-attachments:create",
  detachVolume: "os-volumes-attachments:delete",
  attachInterface: "os-attach-interfaces:create",
  detachInterface: "os-attach-interfaces:delete",
};

const refuse = faultBody("computeFault");

/** Nova v2.1 with its microversions. */
export function computeApp(world: World): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const face = new Face(app, world, {
    service: "compute",
    refuse,
    forbid: (action) =>
      `Policy doesn't allow os_compute_api:${policies[action] ?? action} to be performed.`,
    names: (c) => [world.compute.servers.get(c.req.param("id") ?? "")?.name ?? ""],
    headers: (c) => ({
      "openstack-api-version": `compute ${shownVersion(c)}`,
      "x-openstack-nova-api-version": shownVersion(c),
      vary: "OpenStack-API-Version, X-OpenStack-Nova-API-Version",
      "x-compute-request-id": c.get("requestId"),
    }),
  });
  app.use("*", async (c: Ctx, next) => {
    try {
      if (!isSupported(microversion(c))) return notAcceptable(c);
    } catch (error) {
      if (error instanceof Refusal) return refuse(c, error);
      throw error;
    }
    await next();
    return undefined;
  });
  const open = { isPublic: true };
  face.on("get", "/", "listVersions", (c) => c.json({ versions: [version(c)] }), open);
  for (const path of ["/v2.1", "/v2.1/"]) {
    face.on("get", path, "showVersion", (c) => c.json({ version: version(c) }), open);
  }
  addServers(face, world);
  addAttachments(face, world);
  addCatalogue(face, world);
  addServerGroups(face, world);
  app.all("*", (c) => htmlError(c, 404, "Not Found", "The resource could not be found."));
  return app;
}

function shownVersion(c: Ctx): string {
  try {
    return `2.${microversion(c)}`;
  } catch {
    // The request's own version is malformed; the answer says so and carries the lowest.
    return minVersion;
  }
}

function version(c: Ctx) {
  const type = "application/vnd.openstack.compute+json;version=2.1";
  return {
    id: "v2.1",
    status: "CURRENT",
    version: maxVersion,
    min_version: minVersion,
    updated: "2013-07-23T11:33:21Z",
    links: [{ rel: "self", href: `${c.env.origin}/compute/v2.1/` }],
    "media-types": [{ base: "application/json", type }],
  };
}
