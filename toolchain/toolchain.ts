import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { InputError } from "../common/errors";
import { buildTool, type Say } from "./build";
import { cacheDirectory, readFolder, toolKey } from "./cache";
import { chooseToolchain, type Choice } from "./choice";
import { withLock } from "./lock.cjs";
import { pulumiTools, type Tool } from "./tools";

/** The Pulumi command and its plugins: installed by the user, or built into a directory. */
export type Toolchain = { kind: "installed" } | { kind: "built"; directory: string };

/** One file of a toolchain's directory, and where its content comes from. */
interface Part {
  target: string;
  source: string;
  /** Absent for what is not built. */
  tool?: Tool;
}

/** A toolchain that is built, whether it is there already or not. */
interface Plan {
  directory: string;
  parts: readonly Part[];
}

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
  if (missing(plan).length > 0) await build(root, plan, choice, say);
  return { kind: "built", directory: plan.directory };
}

async function build(
  root: string,
  plan: Plan,
  choice: Choice & { kind: "build" },
  say: Say,
): Promise<void> {
  say(
    `toolchain: ${choice.because ?? "no pulumi on PATH"}; building with ${choice.goVersion} ` +
      `into ${plan.directory}`,
  );
  const lock = join(cacheDirectory(process.env, homedir()), "build.lock");
  const onWait = (holder: string): void => {
    say(`toolchain: waiting for ${holder}, which builds already`);
  };
  await withLock(lock, onWait, async () => {
    const parts = missing(plan);
    const builds = parts.flatMap(({ tool, source }) =>
      tool === undefined || existsSync(source) ? [] : [{ tool, source }],
    );
    for (const [i, { tool, source }] of builds.entries()) {
      const place = `${i + 1} of ${builds.length}, usually ${tool.usually}`;
      say(`toolchain: building ${tool.name} ${tool.version} (${place}) …`);
      await buildTool(tool, join(root, "toolchain", "tools", tool.folder), source, say);
    }
    for (const part of parts) put(part);
  });
  say("toolchain: ready");
}

function planToolchain(root: string, goVersion: string): Plan {
  const cache = cacheDirectory(process.env, homedir());
  const keys = createHash("sha256");
  const ours = pulumiTools.flatMap((tool): Part[] => {
    const folder = join(root, "toolchain", "tools", tool.folder);
    const key = toolKey(tool, readFolder(folder), goVersion);
    keys.update(key);
    const source = join(cache, "tools", `${tool.name}-${key}`);
    return [{ tool, target: tool.target, source }, ...launchersOf(tool, folder)];
  });
  // The plugin for dynamic providers is a script of the npm package; it finds the package from the
  // directory that it is run in, so the copy serves any checkout that has the same script.
  const name = "pulumi-resource-pulumi-nodejs";
  const script = join(root, "node_modules", "@pulumi", "pulumi", name);
  keys.update(readFileSync(script));
  const directory = join(cache, "toolchain", keys.digest("hex").slice(0, 16));
  const copied = { target: join("bin", name), source: script };
  const parts = [...ours, copied].map((part) => ({
    ...part,
    target: join(directory, part.target),
  }));
  return { directory, parts };
}

function launchersOf({ launcher }: Tool, folder: string): Part[] {
  if (launcher === undefined) return [];
  return [{ target: launcher.target, source: join(folder, launcher.source) }];
}

function missing(plan: Plan): readonly Part[] {
  return plan.parts.filter((part) => !existsSync(part.target));
}

/** Puts a file in its place in one step: a hard link where that can be, else a copy. */
function put(part: Part): void {
  const unfinished = `${part.target}.${process.pid}`;
  mkdirSync(dirname(part.target), { recursive: true });
  rmSync(unfinished, { force: true });
  // A script of the checkout or of npm is replaced in place one day, so only what is built is linked.
  if (part.tool === undefined || !tryLink(part.source, unfinished)) {
    copyFileSync(part.source, unfinished);
  }
  renameSync(unfinished, part.target);
}

function tryLink(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch {
    return false;
  }
}

function lookAround(): { pulumi: string | undefined; go: string | undefined } {
  return { pulumi: outputOf("pulumi", ["version"]), go: outputOf("go", ["version"]) };
}

function outputOf(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, GOTOOLCHAIN: "local", PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
  } catch {
    return undefined;
  }
}
