import { z } from "zod";
import { statusOf, type Server } from "../../world/compute/records";
import { found, Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { param, type Ctx, type Face } from "../face";
import { pageOf } from "../page";
import { act, actionName } from "./actions";
import { metadataSchema, parseInput, readServer } from "./request";
import { microversion } from "./version";
import { addresses, links, portsOf, serverSummary, serverView } from "./views";

/** /servers and what hangs on one server besides its attachments. */
export function addServers(face: Face, world: World): void {
  const { servers } = world.compute;
  const show = (c: Ctx) => servers.show(param(c, "id"), c.get("caller"));
  // Of a server that is gone they are told from 2.21 on.
  const showEver = (c: Ctx) =>
    microversion(c) < 21 ? show(c) : servers.showEver(param(c, "id"), c.get("caller"));
  const view = (c: Ctx, server: Server) =>
    serverView(world, c.env.origin, server, microversion(c), c.get("caller").isAdmin);
  face.on("get", "/v2.1/servers", "listServers", (c) =>
    list(world, c, "servers", (server) => serverSummary(c.env.origin, server)),
  );
  face.on("get", "/v2.1/servers/detail", "listServersDetail", (c) =>
    list(world, c, "servers/detail", (server) => view(c, server)),
  );
  face.on("post", "/v2.1/servers", "createServer", (c) => create(world, c));
  face.on("get", "/v2.1/servers/:id", "showServer", (c) => c.json({ server: view(c, show(c)) }));
  face.on("put", "/v2.1/servers/:id", "updateServer", (c) => {
    const server = show(c);
    const schema = z.object({
      server: z.object({ name: z.string().max(255).optional(), description: z.string().nullish() }),
    });
    const given = parseInput(schema, "server", c.get("body")).server;
    if (given.name !== undefined) server.name = given.name;
    if (given.description !== undefined) server.description = given.description;
    servers.touch(server);
    return c.json({ server: view(c, server) });
  });
  face.on("delete", "/v2.1/servers/:id", "deleteServer", (c) => {
    const server = show(c);
    servers.delete(server.id, c.get("caller"));
    servers.record(server, c.get("caller"), "delete", c.get("requestId"));
    return c.body(null, 204);
  });
  face.on("post", "/v2.1/servers/:id/action", actionName, (c) => act(world, c));
  face.on("get", "/v2.1/servers/:id/ips", "listAddresses", (c) =>
    c.json({ addresses: addresses(world, portsOf(world, show(c)), false) }),
  );
  face.on("get", "/v2.1/servers/:id/os-instance-actions", "listInstanceActions", (c) => {
    const server = showEver(c);
    return c.json({ instanceActions: server.actions.map((action) => actionView(server, action)) });
  });
  face.on("get", "/v2.1/servers/:id/os-instance-actions/:request", "showInstanceAction", (c) => {
    const server = showEver(c);
    const requestId = param(c, "request");
    const action = found(
      server.actions.find((candidate) => candidate.requestId === requestId),
      () =>
        new Refusal(404, `Action for request_id ${requestId} on instance ${server.id} not found`),
    );
    return c.json({ instanceAction: actionView(server, action) });
  });
  face.on("get", "/v2.1/servers/:id/os-security-groups", "listServerSecurityGroups", (c) => {
    const { groups } = world.networking.tables;
    const ids = new Set(portsOf(world, show(c)).flatMap((port) => port.security_groups));
    const own = [...ids].flatMap((id) => groups.get(id) ?? []);
    return c.json({
      security_groups: own.map(({ id, name, description, project_id }) => ({
        id,
        name,
        description,
        tenant_id: project_id,
        rules: [],
      })),
    });
  });
  addMetadata(face, show);
  addTags(face, show);
}

function actionView(server: Server, action: Server["actions"][number]) {
  return {
    action: action.action,
    instance_uuid: server.id,
    request_id: action.requestId,
    user_id: action.userId,
    project_id: server.projectId,
    start_time: `${action.startedAt.toISOString().slice(0, 19)}.000000`,
    message: action.message,
  };
}

function list(world: World, c: Ctx, path: string, view: (server: Server) => unknown): Response {
  const query = new URL(c.req.url).searchParams;
  const who = c.get("caller");
  const isEverybodys = who.isAdmin && query.get("all_tenants") !== null;
  const wanted = world.compute.servers
    .all()
    .filter((server) => isEverybodys || server.projectId === who.projectId)
    .filter((server) => isSelected(server, query))
    .reverse();
  const { items, next } = pageOf(wanted, query);
  const href = `${c.env.origin}/compute/v2.1/${path}?${next ?? ""}`;
  const more = next === undefined ? {} : { servers_links: [{ rel: "next", href }] };
  return c.json({ servers: items.map(view), ...more });
}

// Nova takes `name` as a regular expression, and ignores parameters that it does not know.
function isSelected(server: Server, query: URLSearchParams): boolean {
  const name = query.get("name");
  const filters: [string, string][] = [
    ["status", statusOf(server)],
    ["image", server.imageId],
    ["flavor", server.flavor.id],
    ["uuid", server.id],
  ];
  return (
    (name === null || matchesPattern(name, server.name)) &&
    filters.every(([key, actual]) => {
      const values = query.getAll(key).map((value) => value.toUpperCase());
      return values.length === 0 || values.includes(actual.toUpperCase());
    })
  );
}

function matchesPattern(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern).test(name);
  } catch {
    throw new Refusal(400, "An invalid 'name' value was provided.");
  }
}

function create(world: World, c: Ctx): Response {
  const server = world.compute.building.create(c.get("caller"), readServer(c));
  const body = {
    id: server.id,
    links: links(c.env.origin, `servers/${server.id}`),
    "OS-DCF:diskConfig": "MANUAL",
    security_groups: [{ name: "default" }],
    adminPass: world.ids.hex(12),
  };
  const location = `${c.env.origin}/compute/v2.1/servers/${server.id}`;
  return c.json({ server: body }, 202, { location });
}

function addMetadata(face: Face, show: (c: Ctx) => Server): void {
  const path = "/v2.1/servers/:id/metadata";
  const given = (c: Ctx) =>
    parseInput(z.object({ metadata: metadataSchema }), "metadata", c.get("body")).metadata;
  face.on("get", path, "showMetadata", (c) => c.json({ metadata: show(c).metadata }));
  face.on("post", path, "updateMetadata", (c) => {
    const server = show(c);
    server.metadata = { ...server.metadata, ...given(c) };
    return c.json({ metadata: server.metadata });
  });
  face.on("put", path, "replaceMetadata", (c) => {
    const server = show(c);
    server.metadata = given(c);
    return c.json({ metadata: server.metadata });
  });
  face.on("delete", `${path}/:key`, "deleteMetadata", (c) => {
    const server = show(c);
    const key = param(c, "key");
    if (!(key in server.metadata)) throw new Refusal(404, "Metadata item was not found");
    server.metadata = Object.fromEntries(
      Object.entries(server.metadata).filter(([name]) => name !== key),
    );
    return c.body(null, 204);
  });
}

function addTags(face: Face, show: (c: Ctx) => Server): void {
  face.on("get", "/v2.1/servers/:id/tags", "listServerTags", (c) => c.json({ tags: show(c).tags }));
  face.on("put", "/v2.1/servers/:id/tags", "replaceServerTags", (c) => {
    const server = show(c);
    const schema = z.object({ tags: z.array(z.string().max(60)) });
    const { tags } = parseInput(schema, "tags", c.get("body"));
    server.tags.splice(0, server.tags.length, ...new Set(tags));
    return c.json({ tags: server.tags });
  });
}
