import { z } from "zod";
import type { Caller } from "../../world/identity";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";

export type View = Record<string, unknown>;

/** One kind of Neutron resource, as its HTTP routes need it. */
export interface Resource {
  /** As in a request body: `floatingip`. */
  name: string;
  /** As in a list's body: `floatingips`. */
  collection: string;
  /** As in the URL: `security-groups`. */
  path: string;
  list(who: Caller): View[];
  show(who: Caller, id: string): View;
  create(who: Caller, body: unknown): View;
  update(who: Caller, id: string, body: unknown): View;
  delete(who: Caller, id: string): void;
  /** The stored record, for what all resources have: tags. */
  record(who: Caller, id: string): { tags: string[] };
}

/** A record as an answer holds it. */
export const view = (record: object): View => ({ ...record });
/** Whether a caller may see a record. */
export function isOwn(who: Caller) {
  return (record: { project_id: string }) => who.isAdmin || record.project_id === who.projectId;
}

/** Writes plain attributes over a record and counts the revision. */
export function overwrite(
  world: World,
  record: { updated_at: string; revision_number: number },
  changes: Record<string, unknown>,
): View {
  Object.assign(record, changes);
  world.networking.tables.touch(record);
  return view(record);
}

/** @throws {Refusal} 400 in Neutron's words when the value does not fit */
export function parse<T>(what: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const reason = parsed.error.issues[0]?.message ?? "is not valid";
  throw new Refusal(400, `Invalid input for ${what}. Reason: ${reason}.`, "HTTPBadRequest");
}
