import { Hono } from "hono";
import { z } from "zod";
import { snapshotInterfaces, type BareMetalNodeOptions } from "./world/baremetal/records";
import type { World } from "./world/world";

const diskSchema = z.strictObject({
  name: z.string().optional(),
  sizeGib: z.number().positive(),
  model: z.string().optional(),
  vendor: z.string().optional(),
  serial: z.string().optional(),
  wwn: z.string().optional(),
  rotational: z.boolean().optional(),
});

const nodeSchema = z.strictObject({
  name: z.string(),
  macs: z.array(z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)).optional(),
  disks: z.array(diskSchema).min(1).max(8).optional(),
  rootDevice: z.record(z.string(), z.unknown()).optional(),
  snapshotInterface: z.enum(snapshotInterfaces).optional(),
  owner: z.string().optional(),
  image: z.string().optional(),
});

const settingsSchema = z.strictObject({
  snapshots: z.boolean().optional(),
  callbackTimeoutMs: z.number().positive().optional(),
  storeBytes: z.number().nonnegative().optional(),
});

/** The control API's part for bare metal: machines, what this Ironic offers, and its conductor. */
export function bareMetalControlApp(world: World): Hono {
  const app = new Hono();
  app.post("/nodes", async (c) => {
    const node = nodeSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!node.success) return c.json({ error: z.prettifyError(node.error) }, 400);
    try {
      world.bareMetal.enroll([node.data as BareMetalNodeOptions]);
    } catch (error) {
      if (error instanceof RangeError) return c.json({ error: error.message }, 404);
      throw error;
    }
    return c.json({ uuid: world.bareMetal.node(node.data.name).uuid }, 201);
  });
  app.put("/settings", async (c) => {
    const given = settingsSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!given.success) return c.json({ error: z.prettifyError(given.error) }, 400);
    Object.assign(world.bareMetal.options, given.data);
    return c.json(given.data);
  });
  app.post("/restart-conductor", (c) => {
    world.bareMetal.restartConductor();
    return c.body(null, 204);
  });
  return app;
}
