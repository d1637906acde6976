import { createHash, type Hash } from "node:crypto";
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
import { buildTool, type Say } from "./build";
import { cacheDirectory, readFolder, toolKey } from "./cache";
import { withLock } from "./lock.cjs";
import type { Tool } from "./tools";

/** One file of a toolchain's directory, and where its content comes from. */
interface Part {
  target: string;
  source: string;
  /** Absent for what is not built. */
  tool?: Tool;
}

/** Programs that are built into a directory, whether they are there already or not. */
export interface Plan {
  directory: string;
  parts: readonly Part[];
}

/** What to put together, and with what. */
export interface Planned {
  tools: readonly Tool[];
  goVersion: string;
  /** Files that are put beside what is built. */
  copied?: readonly { target: string; source: string }[];
}

/**
 * Where each tool and each file goes: a directory of its own for this very combination.
 *
 * @param root the checkout
 */
export function planParts(root: string, { tools, goVersion, copied = [] }: Planned): Plan {
  const cache = cacheDirectory(process.env, homedir());
  const keys = createHash("sha256");
  const built = tools.flatMap((tool) => partsOf(tool, root, cache, goVersion, keys));
  for (const { source } of copied) keys.update(readFileSync(source));
  const directory = join(cache, "toolchain", keys.digest("hex").slice(0, 16));
  const parts = [...built, ...copied].map((part) => ({
    ...part,
    target: join(directory, part.target),
  }));
  return { directory, parts };
}

function partsOf(tool: Tool, root: string, cache: string, goVersion: string, keys: Hash): Part[] {
  const folder = join(root, "toolchain", "tools", tool.folder);
  const key = toolKey(tool, readFolder(folder), goVersion);
  keys.update(key);
  const source = join(cache, "tools", `${tool.name}-${key}`);
  return [{ tool, target: tool.target, source }, ...launchersOf(tool, folder)];
}

function launchersOf({ launcher }: Tool, folder: string): Part[] {
  if (launcher === undefined) return [];
  return [{ target: launcher.target, source: join(folder, launcher.source) }];
}

/** What is not there yet. */
export function missing(plan: Plan): readonly Part[] {
  return plan.parts.filter((part) => !existsSync(part.target));
}

/** Builds what is not there yet, and puts it in its place. Another process that builds is waited for. */
export async function buildMissing(root: string, plan: Plan, say: Say): Promise<void> {
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
