import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { Caller } from "../../world/identity";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { Face, param, titleOf, unauthorized, type Ctx, type SandboxEnv } from "../face";
import { attributes } from "./attributes";
import { listCollection } from "./collection";
import { extensions } from "./extensions";
import type { Resource } from "./resource";
import { resources } from "./resources";
import { readSubports } from "./trunks";

/** Neutron v2.0. */
export function networkApp(world: World): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const face = new Face(app, world, { service: "network", refuse });
  const links = (c: Ctx) => [{ rel: "self", href: `${c.env.origin}/network/v2.0/` }];
  const open = { isPublic: true };
  face.on(
    "get",
    "/",
    "listVersions",
    (c) => c.json({ versions: [{ id: "v2.0", status: "CURRENT", links: links(c) }] }),
    open,
  );
  face.on("get", "/v2.0/", "showVersion", (c) => c.json({ resources: [] }));
  face.on("get", "/v2.0/extensions", "listExtensions", (c) => c.json({ extensions }));
  for (const resource of resources(world)) addResource(face, resource);
  addRouterInterfaces(face, world);
  addSubportActions(face, world);
  addQuotas(face, world);
  for (const empty of ["agents", "subnetpools", "address_scopes", "rbac_policies"]) {
    face.on("get", `/v2.0/${empty.replaceAll("_", "-")}`, `list-${empty}`, (c) =>
      c.json({ [empty]: [] }),
    );
  }
  face.on("get", "/v2.0/availability_zones", "listAvailabilityZones", (c) =>
    c.json({
      availability_zones: ["router", "network"].map((resource) => ({
        state: "available",
        name: "nova",
        resource,
      })),
    }),
  );
  app.all("*", (c) => face.notFound(c, "The resource could not be found."));
  return app;
}

function refuse(c: Ctx, { status, message, type }: Refusal): Response {
  if (status === 401) return unauthorized(c);
  const name = type === "" ? `HTTP${titleOf(status).replaceAll(" ", "")}` : type;
  return c.json(
    { NeutronError: { type: name, message, detail: "" } },
    status as ContentfulStatusCode,
  );
}

function addResource(face: Face, resource: Resource): void {
  const { name, collection, path } = resource;
  const title = name
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
  const who = (c: Ctx): Caller => c.get("caller");
  face.on("get", `/v2.0/${path}`, `list${title}s`, (c) =>
    c.json(
      listCollection(c, collection, resource.list(who(c)), Object.keys(attributes[name] ?? {})),
    ),
  );
  face.on("post", `/v2.0/${path}`, `create${title}`, (c) =>
    c.json({ [name]: resource.create(who(c), c.get("body")) }, 201),
  );
  face.on("get", `/v2.0/${path}/:id`, `show${title}`, (c) =>
    c.json({ [name]: resource.show(who(c), param(c, "id")) }),
  );
  face.on("put", `/v2.0/${path}/:id`, `update${title}`, (c) =>
    c.json({ [name]: resource.update(who(c), param(c, "id"), c.get("body")) }),
  );
  face.on("delete", `/v2.0/${path}/:id`, `delete${title}`, (c) => {
    resource.delete(who(c), param(c, "id"));
    return c.body(null, 204);
  });
  const tagsOf = (c: Ctx) => resource.record(who(c), param(c, "id"));
  face.on("get", `/v2.0/${path}/:id/tags`, `list${title}Tags`, (c) =>
    c.json({ tags: tagsOf(c).tags }),
  );
  face.on("put", `/v2.0/${path}/:id/tags`, `replace${title}Tags`, (c) => {
    const { tags } = z.object({ tags: z.array(z.string()) }).parse(c.get("body"));
    tagsOf(c).tags = [...new Set(tags)];
    return c.json({ tags: tagsOf(c).tags });
  });
  face.on("delete", `/v2.0/${path}/:id/tags`, `remove${title}Tags`, (c) => {
    tagsOf(c).tags = [];
    return c.body(null, 204);
  });
  face.on("put", `/v2.0/${path}/:id/tags/:tag`, `add${title}Tag`, (c) => {
    tagsOf(c).tags = [...new Set([...tagsOf(c).tags, param(c, "tag")])];
    return c.body(null, 201);
  });
}

const interfaceSchema = z.object({
  subnet_id: z.string().optional(),
  port_id: z.string().optional(),
});

function addRouterInterfaces(face: Face, world: World): void {
  const { routers } = world.networking;
  const request = (c: Ctx) => interfaceSchema.parse(c.get("body") ?? {});
  face.on("put", "/v2.0/routers/:id/add_router_interface", "addRouterInterface", (c) =>
    c.json(routers.addInterface(param(c, "id"), c.get("caller"), request(c))),
  );
  face.on("put", "/v2.0/routers/:id/remove_router_interface", "removeRouterInterface", (c) =>
    c.json(routers.removeInterface(param(c, "id"), c.get("caller"), request(c))),
  );
}

function addSubportActions(face: Face, world: World): void {
  const { trunks } = world.networking;
  face.on("get", "/v2.0/trunks/:id/get_subports", "getSubports", (c) =>
    c.json({ sub_ports: trunks.show(param(c, "id"), c.get("caller")).sub_ports }),
  );
  face.on("put", "/v2.0/trunks/:id/add_subports", "addSubports", (c) => {
    const subports = readSubports(c.get("body"));
    return c.json({ ...trunks.addSubports(param(c, "id"), c.get("caller"), subports) });
  });
  face.on("put", "/v2.0/trunks/:id/remove_subports", "removeSubports", (c) => {
    const body = removeSchema.parse(c.get("body"));
    return c.json({ ...trunks.removeSubports(param(c, "id"), c.get("caller"), body.sub_ports) });
  });
}

const removeSchema = z.object({ sub_ports: z.array(z.object({ port_id: z.string() })) });

const quotaNames = [
  "network",
  "subnet",
  "subnetpool",
  "port",
  "router",
  "floatingip",
  "rbac_policy",
  "security_group",
  "security_group_rule",
  "trunk",
];

function addQuotas(face: Face, world: World): void {
  const limit = (name: string) => world.quotas[name] ?? -1;
  face.on("get", "/v2.0/quotas/:id", "showQuotas", (c) =>
    c.json({ quota: Object.fromEntries(quotaNames.map((name) => [name, limit(name)])) }),
  );
  const { tables } = world.networking;
  const records: Record<string, Iterable<{ project_id: string }>> = {
    network: tables.networks.values(),
    subnet: tables.subnets.values(),
    port: tables.ports.values(),
    router: tables.routers.values(),
    floatingip: tables.floatingIps.values(),
    trunk: tables.trunks.values(),
    security_group: tables.groups.values(),
    security_group_rule: tables.rules.values(),
  };
  face.on("get", "/v2.0/quotas/:id/details.json", "showQuotaDetails", (c) => {
    const id = param(c, "id");
    const used = (name: string) =>
      [...(records[name] ?? [])].filter((record) => record.project_id === id).length;
    const quota = quotaNames.map((name) => [
      name,
      { limit: limit(name), used: used(name), reserved: 0 },
    ]);
    return c.json({ quota: Object.fromEntries(quota) as unknown });
  });
}
