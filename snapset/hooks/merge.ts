import { InputError } from "../../common/errors";
import { problemsOf } from "../problems";
import { hooksSchema, nameOfHook, occasions, type Hook, type Hooks } from "./schema";

/**
 * The hooks of an environment, and after them those of the stack.
 *
 * @throws {InputError} with every name that both have
 */
export function mergeHooks(environment: Hooks | undefined, stack: Hooks | undefined): Hooks {
  const lists = occasions.map((it) => [it, [...(environment?.[it] ?? []), ...(stack?.[it] ?? [])]]);
  const merged = hooksSchema.safeParse(Object.fromEntries(lists));
  if (merged.success) return merged.data;
  throw new InputError("hooks of the environment and of snapset:hooks", problemsOf(merged.error));
}

/**
 * What the stack's configuration lacks of what hooks ask of it, one sentence for each.
 *
 * @param has whether there is a value for a key
 */
export function missingValues(hooks: readonly Hook[], has: (key: string) => boolean): string[] {
  return hooks.flatMap((hook) =>
    Object.entries(hook.environment).flatMap(([name, value]) => {
      if (typeof value === "string" || has(value.config)) return [];
      const { config } = value;
      const way = `pulumi config set --secret ${config}`;
      return [`hook ${nameOfHook(hook)}: environment.${name}: there is no ${config}: ${way}`];
    }),
  );
}
