import { Hono } from "hono";
import { z } from "zod";
import { bareMetalControlApp } from "./controlBareMetal";
import { settingsApp } from "./controlSettings";
import { statusOf } from "./world/compute/records";
import { effects, type Fault } from "./world/faults";
import type { World } from "./world/world";

const answer = z.strictObject({
  status: z.number().int().min(200).max(599),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  afterwards: z.boolean().optional(),
});

/** A fault as the control API takes it. */
const faultSchema = z.strictObject({
  match: z.strictObject({
    service: z
      .enum(["identity", "compute", "image", "network", "block-storage", "baremetal", "openshift"])
      .optional(),
    action: z.string(),
    name: z.string().optional(),
    nth: z.number().int().positive().optional(),
    times: z.number().int().positive().optional(),
  }),
  then: z.union([
    answer,
    z.strictObject({
      reset: z.literal(true),
      afterwards: z.boolean().optional(),
      midBody: z.boolean().optional(),
    }),
    z.strictObject({ delayMs: z.number().nonnegative() }),
    z.strictObject({ effect: z.enum(effects), ms: z.number().nonnegative().optional() }),
  ]),
});

const advanceSchema = z.strictObject({ ms: z.number().nonnegative() });

/**
 * The control API, under /sandbox: time, faults, tokens, what there is and what was asked for.
 *
 * @param stop ends the sandbox; undefined where nobody may
 */
export function controlApp(world: World, stop: (() => void) | undefined): Hono {
  const app = new Hono();
  app.get("/status", (c) => c.json(status(world)));
  app.post("/advance", async (c) => {
    const wanted = advanceSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!wanted.success) return c.json({ error: z.prettifyError(wanted.error) }, 400);
    world.clock.advance(wanted.data.ms);
    return c.json({ now: world.clock.now().toISOString() });
  });
  app.get("/faults", (c) => c.json(world.faults.list()));
  app.post("/faults", async (c) => {
    const fault = faultSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!fault.success) return c.json({ error: z.prettifyError(fault.error) }, 400);
    world.faults.add(fault.data as Fault);
    return c.json(fault.data, 201);
  });
  app.delete("/faults", (c) => {
    world.faults.clear();
    return c.body(null, 204);
  });
  app.post("/tokens/revoke", (c) => {
    world.revokeTokens();
    return c.body(null, 204);
  });
  app.put("/tokens/lifetime", async (c) => {
    const wanted = advanceSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!wanted.success) return c.json({ error: z.prettifyError(wanted.error) }, 400);
    world.identity.tokenLifetimeMs = wanted.data.ms;
    return c.body(null, 204);
  });
  app.get("/requests", (c) => c.json(world.requests.filter(() => true)));
  app.get("/requests/counts", (c) => c.json(world.requests.counts()));
  app.post("/stop", (c) => {
    if (stop === undefined) return c.json({ error: "this sandbox is part of a program" }, 403);
    setImmediate(stop);
    return c.body(null, 202);
  });
  app.route("/", settingsApp(world));
  app.route("/bare-metal", bareMetalControlApp(world));
  return app;
}

function status(world: World) {
  return {
    now: world.clock.now().toISOString(),
    timeScale: world.clock.timeScale,
    requests: world.requests.total,
    servers: world.compute.servers.all().map((server) => {
      const guest = world.compute.servers.guest(server);
      return {
        id: server.id,
        name: server.name,
        status: statusOf(server),
        taskState: server.taskState,
        guest: guest?.state,
        bootCount: guest?.disk.content.bootCount,
        lastStopGraceful: guest?.lastStopGraceful,
      };
    }),
    images: world.images
      .all()
      .map(({ id, name, status: state, tags }) => ({ id, name, status: state, tags })),
    volumes: world.volumes
      .all()
      .map(({ id, name, status: state }) => ({ id, name, status: state })),
    bareMetal: world.bareMetal.nodes().map((node) => {
      const guest = world.bareMetal.machineOf(node)?.guest;
      return {
        id: node.uuid,
        name: node.fields.name,
        provisionState: node.provisionState,
        powerState: node.powerState,
        guest: guest?.state,
        bootCount: guest?.disk.content.bootCount,
      };
    }),
  };
}
