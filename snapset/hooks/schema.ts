import { createHash } from "node:crypto";
import { z } from "zod";
import { durationText } from "../duration";

/** When hooks run, each by its key. */
export const occasions = ["afterDeploy", "beforeCapture", "afterRevive"] as const;
export type Occasion = (typeof occasions)[number];

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A text, or the name of a value of the stack's configuration, which is a secret from then on. */
const variable = z.union(
  [
    z.string(),
    z.strictObject({
      config: z
        .string()
        .regex(
          /^[\w.-]+:[\w.-]+$/,
          "must be a key of the configuration, such as install:pullSecret",
        ),
    }),
  ],
  { error: "must be text, or {config: a key of the configuration, such as install:pullSecret}" },
);

const environment = z.record(z.string(), variable).superRefine((variables, context) => {
  for (const name of Object.keys(variables)) {
    const message = problemOfName(name);
    if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
  }
});

function problemOfName(name: string): string | undefined {
  if (!variableName.test(name)) return "is no name of a variable: letters, digits and _";
  return name.startsWith("SNAPSET_")
    ? "names that begin with SNAPSET_ are SnapSet's own"
    : undefined;
}

const hook = z.strictObject(
  {
    /** By which it is known again. */
    name: z
      .string()
      .regex(/^[\w.-]{1,64}$/, "must be 1 to 64 letters, digits, '.', '_' and '-'")
      .optional(),
    /** What a POSIX shell runs. */
    run: z
      .string({ error: "is missing: the command to run" })
      .refine((text) => text.trim() !== "", "must not be empty"),
    on: z
      .enum(["local", "controller"], { error: "must be one of local, controller" })
      .default("local"),
    // Kept as text: what was parsed is parsed again when it comes out of a manifest.
    timeout: durationText.default("30m"),
    environment: environment.default({}),
    /** It runs again when one of them changes. */
    triggers: z.array(z.string("must be text"), "must be a list of texts").default([]),
  },
  {
    error: ({ code }) => (code === "invalid_type" ? "must be a hook: {run: a command}" : undefined),
  },
);

const hooks = z
  .array(hook, "must be a list of hooks")
  .superRefine((list, context) => {
    const seen = new Map<string, number>();
    for (const [i, it] of list.entries()) {
      const earlier = seen.get(nameOfHook(it));
      if (earlier === undefined) seen.set(nameOfHook(it), i);
      else context.addIssue({ code: "custom", path: [i], message: sameName(it, earlier) });
    }
  })
  .default([]);

function sameName({ name }: Pick<Hook, "name">, earlier: number): string {
  return name === undefined
    ? `is the same as [${earlier}]: give them names`
    : `${name} is the name of [${earlier}] already`;
}

/** Hooks by when they run: each list in its order, one after the other. */
export const hookLists = { afterDeploy: hooks, beforeCapture: hooks, afterRevive: hooks };

/** The schema of an environment's hooks. */
export const hooksSchema = z.strictObject(hookLists);

/** A command of the user's own. */
export type Hook = z.output<typeof hook>;
export type Hooks = Record<Occasion, Hook[]>;

/** A hook without a name is another one when its command changes. */
export function nameOfHook({ name, run }: Pick<Hook, "name" | "run">): string {
  return name ?? createHash("sha256").update(run).digest("hex").slice(0, 8);
}
