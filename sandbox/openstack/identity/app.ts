import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { Project, Token } from "../../world/identity";
import { found, Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { Face, param, titleOf, type Ctx, type SandboxEnv } from "../face";
import { catalog } from "./catalog";

const domain = { id: "default", name: "Default" };
const domainSchema = z.object({ id: z.string().optional(), name: z.string().optional() });
const nameSchema = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  domain: domainSchema.optional(),
});
const authSchema = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()),
      password: z.object({ user: nameSchema.extend({ password: z.string() }) }).optional(),
      token: z.object({ id: z.string() }).optional(),
      application_credential: z.object({ id: z.string(), secret: z.string() }).optional(),
    }),
    scope: z
      .union([z.literal("unscoped"), z.object({ project: nameSchema.optional() })])
      .optional(),
  }),
});

const microseconds = (date: Date) => `${date.toISOString().slice(0, 19)}.000000Z`;

/** Keystone v3. */
export function identityApp(world: World): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const face = new Face(app, world, { service: "identity", refuse });
  const { identity } = world;
  const open = { isPublic: true };
  face.on(
    "get",
    "/",
    "listVersions",
    (c) => c.json({ versions: { values: [version(c)] } }, 300),
    open,
  );
  for (const path of ["/v3", "/v3/"]) {
    face.on("get", path, "showVersion", (c) => c.json({ version: version(c) }), open);
  }
  face.on(
    "post",
    "/v3/auth/tokens",
    "createToken",
    (c) => {
      const token = logIn(world, c.get("body"));
      return c.json({ token: tokenView(c, token) }, 201, { "x-subject-token": token.id });
    },
    open,
  );
  face.on("get", "/v3/auth/tokens", "validateToken", (c) => {
    const token = subjectToken(world, c);
    return c.json({ token: tokenView(c, token) }, 200, { "x-subject-token": token.id });
  });
  face.on("delete", "/v3/auth/tokens", "revokeToken", (c) => {
    identity.revoke(subjectToken(world, c).id);
    return c.body(null, 204);
  });
  face.on("get", "/v3/auth/catalog", "showCatalog", (c) =>
    c.json({ catalog: catalog(c.env.origin, c.get("caller").projectId) }),
  );
  face.on("get", "/v3/auth/projects", "listAuthProjects", (c) => {
    const own = identity.projects().filter(({ id }) => id === c.get("caller").projectId);
    const projects = own.map((project) => projectView(c, project));
    const self = `${c.env.origin}/identity/v3/auth/projects`;
    return c.json({ projects, links: { next: null, self, previous: null } });
  });
  face.on("get", "/v3/projects", "listProjects", (c) => {
    requireAdmin(c, "identity:list_projects");
    const name = c.req.query("name");
    const named = identity.projects().filter((p) => name === undefined || p.name === name);
    return c.json({ projects: named.map((project) => projectView(c, project)) });
  });
  face.on("get", "/v3/projects/:id", "showProject", (c) => {
    const id = param(c, "id");
    if (id !== c.get("caller").projectId) requireAdmin(c, "identity:get_project");
    const project = found(
      identity.projects().find((candidate) => candidate.id === id),
      () => new Refusal(404, `Could not find project: ${id}.`),
    );
    return c.json({ project: projectView(c, project) });
  });
  face.on("get", "/v3/users", "listUsers", (c) => {
    requireAdmin(c, "identity:list_users");
    return c.json({ users: [] });
  });
  face.on("get", "/v3/domains/default", "showDomain", (c) =>
    c.json({ domain: { ...domain, description: "The default domain", enabled: true, tags: [] } }),
  );
  return app;
}

function refuse(c: Ctx, { status, message }: Refusal): Response {
  const title = titleOf(status);
  const headers: Record<string, string> =
    status === 401 ? { "www-authenticate": `Keystone uri="${c.env.origin}/identity/v3"` } : {};
  return c.json(
    { error: { code: status, message, title } },
    status as ContentfulStatusCode,
    headers,
  );
}

function version(c: Ctx) {
  const type = "application/vnd.openstack.identity-v3+json";
  return {
    id: "v3.14",
    status: "stable",
    updated: "2020-04-07T00:00:00Z",
    links: [{ rel: "self", href: `${c.env.origin}/identity/v3/` }],
    "media-types": [{ base: "application/json", type }],
  };
}

function logIn(world: World, body: unknown): Token {
  const parsed = authSchema.safeParse(body);
  if (!parsed.success) {
    throw new Refusal(
      400,
      "Expecting to find auth in request body. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.",
    );
  }
  const { identity: who, scope } = parsed.data.auth;
  const project = typeof scope === "object" ? scope.project : undefined;
  if (who.application_credential !== undefined) {
    return world.identity.logInByCredential(
      who.application_credential.id,
      who.application_credential.secret,
    );
  }
  if (who.token !== undefined) return world.identity.exchange(who.token.id, project);
  const user = who.password?.user;
  const isDefault = user?.domain === undefined || isDefaultDomain(user.domain);
  const isScopeDefault = project?.domain === undefined || isDefaultDomain(project.domain);
  if (user === undefined || !isDefault || !isScopeDefault) {
    throw new Refusal(401, "The request you have made requires authentication.");
  }
  return world.identity.logIn(user, user.password, project);
}

function isDefaultDomain({ id, name }: z.infer<typeof domainSchema>): boolean {
  return id === domain.id || name?.toLowerCase() === domain.name.toLowerCase();
}

function subjectToken(world: World, c: Ctx): Token {
  try {
    return world.identity.validate(c.req.header("x-subject-token"));
  } catch {
    throw new Refusal(404, "Could not recognize Fernet token");
  }
}

function requireAdmin(c: Ctx, rule: string): void {
  if (c.get("caller").isAdmin) return;
  throw new Refusal(403, `You are not authorized to perform the requested action: ${rule}.`);
}

function projectView(c: Ctx, { id, name }: Project) {
  return {
    id,
    name,
    domain_id: domain.id,
    description: "",
    enabled: true,
    parent_id: domain.id,
    is_domain: false,
    tags: [],
    options: {},
    links: { self: `${c.env.origin}/identity/v3/projects/${id}` },
  };
}

function tokenView(c: Ctx, token: Token) {
  const { user, project } = token;
  return {
    methods: token.methods,
    user: { domain, id: user.id, name: user.name, password_expires_at: null },
    audit_ids: [token.auditId],
    expires_at: microseconds(token.expiresAt),
    issued_at: microseconds(token.issuedAt),
    project: { domain, id: project.id, name: project.name },
    is_domain: false,
    roles: user.roles.map((name) => ({ id: `role-${name}`, name })),
    catalog: catalog(c.env.origin, project.id),
  };
}
