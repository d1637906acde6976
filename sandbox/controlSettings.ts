import { Hono, type Context } from "hono";
import { z } from "zod";
import { Refusal } from "./world/refusal";
import type { World } from "./world/world";

const ms = z.number().nonnegative();

const settingsSchema = z.strictObject({
  imageMs: z.union([ms, z.strictObject({ fromMs: ms, toMs: ms })]).optional(),
  imageMsOf: z.record(z.string(), ms).optional(),
  snapshotsPerHost: z.number().int().positive().optional(),
  hostLimit: z
    .strictObject({
      snapshots: z.number().int().nonnegative(),
      status: z.union([z.literal(409), z.literal(503)]),
      retryAfter: z.number().nonnegative().optional(),
    })
    .optional(),
});

const server = z.string();
const volume = z.string();
const deedSchema = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("start"), server }),
  z.strictObject({ do: z.literal("stop"), server }),
  z.strictObject({ do: z.literal("reboot"), server }),
  z.strictObject({ do: z.literal("deleteServer"), server }),
  z.strictObject({ do: z.literal("createImage"), server, name: z.string() }),
  z.strictObject({ do: z.literal("attachVolume"), server, volume }),
  z.strictObject({ do: z.literal("detachVolume"), server, volume }),
  z.strictObject({ do: z.literal("deleteImage"), image: z.string() }),
  z.strictObject({ do: z.literal("deleteSnapshot"), snapshot: z.string() }),
  z.strictObject({
    do: z.literal("imitate"),
    name: z.string(),
    tags: z.array(z.string()),
    properties: z.record(z.string(), z.string()).default({}),
  }),
]);

type Deed = z.infer<typeof deedSchema>;

/** More of the control API: settings and quotas that change while the world runs, and somebody else's deeds. */
export function settingsApp(world: World): Hono {
  const app = new Hono();
  app.get("/settings", (c) => c.json(world.settings));
  app.put("/settings", async (c) => {
    const given = await read(c, settingsSchema);
    if (given instanceof Response) return given;
    Object.assign(world.settings, given);
    return c.json(world.settings);
  });
  app.delete("/settings/hostLimit", (c) => {
    delete world.settings.hostLimit;
    return c.body(null, 204);
  });
  app.get("/quotas", (c) => c.json(world.quotas));
  app.put("/quotas", async (c) => {
    const given = await read(c, z.record(z.string(), z.number().int().min(-1)));
    if (given instanceof Response) return given;
    Object.assign(world.quotas, given);
    return c.json(world.quotas);
  });
  app.post("/somebody", async (c) => {
    const deed = await read(c, deedSchema);
    if (deed instanceof Response) return deed;
    try {
      perform(world, deed);
      return c.body(null, 202);
    } catch (error) {
      if (error instanceof RangeError) return c.json({ error: error.message }, 404);
      if (error instanceof Refusal) return c.json({ error: error.message }, 409);
      throw error;
    }
  });
  return app;
}

async function read<T>(c: Context, schema: z.ZodType<T>): Promise<T | Response> {
  const given = schema.safeParse(await c.req.json().catch(() => undefined));
  return given.success ? given.data : c.json({ error: z.prettifyError(given.error) }, 400);
}

function perform({ somebody }: World, deed: Deed): void {
  switch (deed.do) {
    case "start":
    case "stop":
    case "reboot":
    case "deleteServer":
      somebody[deed.do](deed.server);
      break;
    case "createImage":
      somebody.createImage(deed.server, deed.name);
      break;
    case "attachVolume":
    case "detachVolume":
      somebody[deed.do](deed.server, deed.volume);
      break;
    case "deleteImage":
      somebody.deleteImage(deed.image);
      break;
    case "deleteSnapshot":
      somebody.deleteSnapshot(deed.snapshot);
      break;
    case "imitate":
      somebody.imitate(deed);
      break;
  }
}
