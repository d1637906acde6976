import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** Pulumi programs outside the checkout that have the package as npm packs it. */
export interface PackedPrograms {
  directory: string;
  /** The folder of an example. */
  of: (example: string) => string;
  remove: () => void;
}

/**
 * Builds and packs the package and installs it beside copies of the examples. What it depends on is
 * linked from the checkout: the very versions, without a download.
 */
export function packedPrograms(): PackedPrograms {
  const directory = mkdtempSync(join(tmpdir(), "snapset-library-"));
  run("npm", ["run", "build"], root);
  run("npm", ["pack", "--ignore-scripts", "--pack-destination", directory], root);
  const modules = join(directory, "node_modules");
  mkdirSync(join(modules, "snapset"), { recursive: true });
  const archive = readdirSync(directory).find((it) => it.endsWith(".tgz")) ?? "";
  const into = ["-C", join(modules, "snapset"), "--strip-components", "1"];
  run("tar", ["-xzf", join(directory, archive), ...into], root);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  cpSync(join(root, "examples"), join(directory, "examples"), { recursive: true });
  for (const example of readdirSync(join(root, "examples"))) {
    loadWithTsx(join(directory, "examples", example));
  }
  return {
    directory,
    of: (example) => join(directory, "examples", example),
    remove: () => {
      rmSync(directory, { recursive: true });
    },
  };
}

/**
 * The language host of the toolchain that is built here runs every program with this file of the
 * checkout's (toolchain/tools/language-nodejs); Pulumi's own compiles TypeScript by itself.
 */
function loadWithTsx(program: string): void {
  mkdirSync(join(program, "common"));
  writeFileSync(join(program, "common", "typescript.cjs"), 'require("tsx/cjs");\n');
}

/** @returns what it prints @throws with all that it has printed when it fails */
export function run(program: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(program, args, { cwd, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(" ")}:\n${stdout}${stderr}`, { cause: error });
  }
}
