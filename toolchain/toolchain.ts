import { join } from "node:path";
import { InputError } from "../common/errors";
import type { Say } from "./build";
import { chooseToolchain } from "./choice";
import { outputOf } from "./outputOf";
import { buildMissing, missing, planParts, type Plan } from "./plan";
import { pulumiTools } from "./tools";

/** The Pulumi command and its plugins: installed by the user, or built into a directory. */
export type Toolchain = { kind: "installed" } | { kind: "built"; directory: string };

/**
 * The toolchain, without making anything.
 *
 * @param root the checkout
 * @throws {InputError} when it is not there yet
 */
export function findToolchain(root: string): Toolchain {
  const choice = chooseToolchain(lookAround());
  if (choice.kind === "installed") return { kind: "installed" };
  const plan = planToolchain(root, choice.goVersion);
  if (missing(plan).length === 0) return { kind: "built", directory: plan.directory };
  throw new InputError("toolchain", ["not built yet: run `npm run setup`"]);
}

/** The toolchain, built where it is not there yet. */
export async function ensureToolchain(root: string, say: Say): Promise<Toolchain> {
  const choice = chooseToolchain(lookAround());
  if (choice.kind === "installed") return { kind: "installed" };
  const plan = planToolchain(root, choice.goVersion);
  if (missing(plan).length > 0) {
    const because = choice.because ?? "no pulumi on PATH";
    say(`toolchain: ${because}; building with ${choice.goVersion} into ${plan.directory}`);
    await buildMissing(root, plan, say);
  }
  return { kind: "built", directory: plan.directory };
}

function planToolchain(root: string, goVersion: string): Plan {
  // The plugin for dynamic providers is a script of the npm package; it finds the package from the
  // directory that it is run in, so the copy serves any checkout that has the same script.
  const name = "pulumi-resource-pulumi-nodejs";
  const source = join(root, "node_modules", "@pulumi", "pulumi", name);
  const copied = [{ target: join("bin", name), source }];
  return planParts(root, { tools: pulumiTools, goVersion, copied });
}

function lookAround(): { pulumi: string | undefined; go: string | undefined } {
  return { pulumi: outputOf("pulumi", ["version"]), go: outputOf("go", ["version"]) };
}
