import { execFileSync } from "node:child_process";

interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** All processes below one that this test started, by the chain of their parents. */
export function descendantsOf(pid: number): Process[] {
  const all = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .flatMap((line) => {
      const [, own, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return command === undefined ? [] : [{ pid: Number(own), parent: Number(parent), command }];
    });
  const below = (parent: number): Process[] =>
    all.filter((it) => it.parent === parent).flatMap((it) => [it, ...below(it.pid)]);
  return below(pid);
}

/** Whether a process is there still; one that is only waiting for its parent to notice is not. */
export function isAlive(pid: number): boolean {
  try {
    const state = execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
    return !state.trim().startsWith("Z");
  } catch {
    return false;
  }
}

/** Kills at once, without a chance to tidy up; what has ended already stays so. */
export function killHard(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
