import { readFileSync } from "node:fs";

/** Whether there is a process of that id that has not ended; one that nobody has asked for has. */
export function isRunning(pid: string): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
