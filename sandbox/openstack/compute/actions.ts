import { z } from "zod";
import type { Server } from "../../world/compute/records";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { param, type Ctx } from "../face";
import { metadataSchema, parseInput } from "./request";
import { microversion } from "./version";
import { serverView } from "./views";

type Action = (world: World, c: Ctx, server: Server, input: unknown) => Response;

/** The one key of an action's body, e.g. `createImage`. */
export function actionName(c: Ctx): string {
  const body = c.get("body");
  const keys = typeof body === "object" && body !== null ? Object.keys(body) : [];
  return keys.length === 1 ? (keys[0] ?? "") : "";
}

const accepted = (c: Ctx) => c.body(null, 202, { "content-type": "application/json" });

const createImageSchema = z.strictObject({
  name: z.string().min(1).max(255),
  metadata: metadataSchema.optional(),
});

const createImage: Action = (world, c, server, input) => {
  const { name, metadata } = parseInput(createImageSchema, "createImage", input);
  const image = world.compute.snapshots.create(server, c.get("caller"), name, metadata ?? {});
  if (microversion(c) >= 45) return c.json({ image_id: image.id }, 202);
  return c.body(null, 202, {
    location: `${c.env.origin}/image/images/${image.id}`,
    "content-type": "text/html; charset=UTF-8",
  });
};

const consoleSchema = z
  .object({ length: z.union([z.number().int(), z.string().regex(/^-?[0-9]+$/)]).nullish() })
  .nullish();

const consoleOutput: Action = (world, c, server, input) => {
  const { length } = parseInput(consoleSchema, "os-getConsoleOutput", input) ?? {};
  const guest = world.compute.servers.guest(server);
  if (guest === undefined || guest.state === "off") {
    throw new Refusal(404, "Guest does not have a console available.");
  }
  const lines = length == null ? guest.console : guest.console.slice(-Number(length));
  return c.json({ output: lines.map((line) => `${line}\n`).join("") });
};

const rebootSchema = z.object({ type: z.enum(["HARD", "SOFT", "hard", "soft"]) });

const rebuildSchema = z.object({ imageRef: z.string() });

/** What a server can be told to do, by the key of the request's body. */
const actions: Record<string, Action> = {
  createImage,
  "os-getConsoleOutput": consoleOutput,
  "os-start": (world, c, server) => {
    world.compute.power.start(server, c.get("caller"));
    return accepted(c);
  },
  "os-stop": (world, c, server) => {
    world.compute.power.stop(server, c.get("caller"));
    return accepted(c);
  },
  reboot: (world, c, server, input) => {
    const { type } = parseInput(rebootSchema, "reboot", input);
    world.compute.power.reboot(server, c.get("caller"), type.toUpperCase() === "HARD");
    return accepted(c);
  },
  rebuild: (world, c, server, input) => {
    const { imageRef } = parseInput(rebuildSchema, "rebuild", input);
    world.compute.rebuilding.rebuild(server, c.get("caller"), imageRef);
    const view = serverView(world, c.env.origin, server, microversion(c));
    return c.json({ server: { ...view, adminPass: world.ids.hex(12) } }, 202);
  },
  lock: (world, c, server) => {
    server.isLocked = true;
    world.compute.servers.touch(server);
    return accepted(c);
  },
  unlock: (world, c, server) => {
    server.isLocked = false;
    world.compute.servers.touch(server);
    return accepted(c);
  },
  ...Object.fromEntries(
    (["pause", "unpause", "suspend", "resume"] as const).map((name): [string, Action] => [
      name,
      (world, c, server) => {
        world.compute.power.freeze(server, c.get("caller"), name);
        return accepted(c);
      },
    ]),
  ),
};

// os-start and os-stop look up the cell first, and an unknown server has none.
const cellActions = new Set(["os-start", "os-stop"]);

function findServer(world: World, c: Ctx, name: string): Server {
  const id = param(c, "id");
  try {
    return world.compute.servers.show(id, c.get("caller"));
  } catch (error) {
    if (!cellActions.has(name)) throw error;
    throw new Refusal(404, `Instance ${id} has no mapping to a cell.`);
  }
}

/** POST /servers/{id}/action. */
export function act(world: World, c: Ctx): Response {
  const name = actionName(c);
  if (name === "") throw new Refusal(400, "Malformed request body");
  const action = actions[name];
  if (action === undefined) throw new Refusal(400, `There is no such action: ${name}`);
  const who = c.get("caller");
  const server = findServer(world, c, name);
  const response = action(world, c, server, Reflect.get(c.get("body") as object, name));
  if (name !== "os-getConsoleOutput") {
    const recorded = name.replace(/^os-/, "");
    world.compute.servers.record(server, who, recorded, c.get("requestId"));
  }
  return response;
}
