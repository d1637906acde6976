import { Hono } from "hono";
import { found, Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { Face, param, type Ctx, type SandboxEnv } from "../face";
import { driversView, driverView } from "./drivers";
import { refuse } from "./errors";
import { addNodeRoutes } from "./nodes";
import { requireAdmin, visibleNode } from "./policy";
import { createPort, listPorts } from "./ports";
import { describeVersion, minorOf, snapshotMinor, versionHeaders } from "./version";
import { linksTo, portView } from "./views";

/** Adds a route whose handler gets the minor version that the request is written for. */
export type AddRoute = (
  method: "get" | "post" | "put" | "patch" | "delete",
  path: string,
  action: string | ((c: Ctx) => string),
  handler: (c: Ctx, minor: number) => Response | Promise<Response>,
) => void;

/** Ironic v1, and with `bareMetal.snapshots` what the snapshot specification adds to it. */
export function bareMetalApp(world: World): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const face = new Face(app, world, {
    service: "baremetal",
    refuse,
    names: (c) => namesOf(world, c.req.param("ident") ?? ""),
    headers: (c) => versionHeaders(world, c),
  });
  const open = { isPublic: true };
  face.on("get", "/", "listVersions", (c) => c.json(rootView(c, world)), open);
  for (const path of ["/v1", "/v1/"]) {
    face.on("get", path, "showVersion", (c) => c.json(versionView(c, world)), open);
  }
  const route: AddRoute = (method, path, action, handler) => {
    face.on(method, `/v1${path}`, action, (c) => handler(c, minorOf(c, world)));
  };
  addNodeRoutes(route, world);
  addPortRoutes(route, world);
  addDriverRoutes(route);
  app.all("*", (c) => face.notFound(c, ""));
  return app;
}

function addPortRoutes(route: AddRoute, world: World): void {
  route("get", "/ports", "listPorts", (c) => c.json(listPorts(c, world, { isDetail: false })));
  route("get", "/ports/detail", "listPorts", (c) =>
    c.json(listPorts(c, world, { isDetail: true })),
  );
  route("get", "/ports/:uuid", "showPort", (c) => {
    const port = world.bareMetal.port(param(c, "uuid"));
    visibleNode(c, world, port.nodeUuid);
    return c.json(portView(port, c.env.origin));
  });
  route("post", "/ports", "createPort", (c) => {
    requireAdmin(c, "baremetal:port:create");
    const port = createPort(c, world);
    const location = `${c.env.origin}/baremetal/v1/ports/${port.uuid}`;
    return c.json(portView(port, c.env.origin), 201, { location });
  });
  for (const [path, isDetail] of [
    ["/nodes/:ident/ports", false],
    ["/nodes/:ident/ports/detail", true],
  ] as const) {
    route("get", path, "listPorts", (c) =>
      c.json(listPorts(c, world, { isDetail, ofNode: param(c, "ident") })),
    );
  }
}

function addDriverRoutes(route: AddRoute): void {
  route("get", "/drivers", "listDrivers", (c) => {
    requireAdmin(c, "baremetal:driver:get");
    return c.json(driversView(c.env.origin));
  });
  route("get", "/drivers/:name", "showDriver", (c, minor) => {
    requireAdmin(c, "baremetal:driver:get");
    const name = param(c, "name");
    const view = driverView(name, c.env.origin, minor >= snapshotMinor);
    const missing = () =>
      new Refusal(404, `Could not find the following driver(s) or hardware type(s): ${name}.`);
    return c.json(found(view, missing));
  });
}

/** A node's uuid and name, for faults. */
function namesOf(world: World, ident: string): string[] {
  const node = world.bareMetal
    .nodes()
    .find(({ uuid, fields }) => uuid === ident || fields.name === ident);
  return node === undefined ? [] : [node.uuid, node.fields.name ?? ""];
}

function rootView(c: Ctx, world: World) {
  const version = describeVersion(c, world);
  return {
    name: "OpenStack Ironic API",
    description:
      "Ironic is an OpenStack project which enables the provision and management of baremetal machines.",
    default_version: version,
    versions: [version],
  };
}

function versionView(c: Ctx, world: World) {
  const { origin } = c.env;
  const documentation = {
    href: "https://docs.openstack.org//ironic/latest/contributor//webapi.html",
    rel: "describedby",
    type: "text/html",
  };
  const version = describeVersion(c, world);
  return {
    id: "v1",
    links: [...version.links, documentation],
    media_types: {
      base: "application/json",
      type: "application/vnd.openstack.ironic.v1+json",
    },
    chassis: linksTo(origin, "chassis/"),
    nodes: linksTo(origin, "nodes/"),
    ports: linksTo(origin, "ports/"),
    drivers: linksTo(origin, "drivers/"),
    version,
  };
}
