import { homedir } from "node:os";
import { join } from "node:path";

/** `~/x` → the user's home; everything else as it is. */
export function expandHome(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}
