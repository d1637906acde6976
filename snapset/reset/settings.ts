import { z } from "zod";
import { durationOr } from "../duration";
import { readinessPolicies } from "./preflight";

const methods = ["replace", "rebuild"] as const;

const settings = z.strictObject({
  method: z.enum(methods, { error: `must be one of ${methods.join(", ")}` }).default("replace"),
  // Numbers and dates in a stack's file are as good a text as any.
  trigger: z.coerce.string().max(64, "must be at most 64 characters").default(""),
  targetReadiness: z
    .enum(readinessPolicies, { error: `must be one of ${readinessPolicies.join(", ")}` })
    .default("StopTarget"),
  gracePeriod: durationOr("5m"),
  deadline: durationOr("30m"),
});

/** The schema of `snapset:restore`: the name of a method, or that with its settings. */
export const restoreSettings = z.preprocess(
  (value) => (typeof value === "string" ? { method: value } : value),
  settings.prefault({}),
);

/** How the servers of a stack come to another set. Durations in milliseconds. */
export type RestoreSettings = z.output<typeof settings>;

/** Where nothing is said. */
export const restoreDefaults: RestoreSettings = settings.parse({});

/** Servers that are replaced have nothing to trigger; virtual machines are always restored in place. */
export function triggerProblems({ method, trigger }: RestoreSettings): string[] {
  if (method === "rebuild" || trigger === "") return [];
  return ["restore.trigger: needs method rebuild: servers are replaced when another set is chosen"];
}
