import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Tool } from "./tools";

/** The directory for what is built, outside the checkout: `SNAPSET_CACHE`, else the user's cache. */
export function cacheDirectory(env: NodeJS.ProcessEnv, home: string): string {
  const own = env["SNAPSET_CACHE"];
  if (own !== undefined && own !== "") return own;
  const shared = env["XDG_CACHE_HOME"];
  const base = shared === undefined || shared === "" ? join(home, ".cache") : shared;
  return join(base, "snapset");
}

/** The files of a folder by their path in it, with `/`, in order of path. */
export function readFolder(folder: string): ReadonlyMap<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map(
    files.map((file) => [relative(folder, file).split(sep).join("/"), readFileSync(file)]),
  );
}

/**
 * Names one build of a tool: the same for the same source, the same flags and the same Go, which
 * names the platform too (`go version go1.26.8 linux/amd64`).
 */
export function toolKey(
  tool: Tool,
  files: ReadonlyMap<string, Uint8Array>,
  goVersion: string,
): string {
  const hash = createHash("sha256").update(JSON.stringify([tool, goVersion]));
  for (const [path, content] of files) {
    hash.update(`\0${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}
