import { z } from "zod";
import { found, Refusal } from "../../world/refusal";
import type { Ctx } from "../face";

/** Metadata of volumes and snapshots. */
export const metadataSchema = z.record(z.string(), z.string());

/** The part of a request's body that everything else is in. @throws {Refusal} 400 where it is not */
export function inner(c: Ctx, name: string): unknown {
  const body = c.get("body");
  const value: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  return found(value, () => new Refusal(400, `'${name}' is a required property`));
}

/** The answer to what is done later. */
export function accepted(c: Ctx): Response {
  return c.body(null, 202, { "content-type": "text/html; charset=UTF-8" });
}
