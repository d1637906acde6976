import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { exitCodeOf } from "../../toolchain/child.cjs";

const toolchain = join(__dirname, "..", "..", "toolchain");

test("a child's exit code is told", async () => {
  expect(await exitCodeOf(spawn(process.execPath, ["-e", "process.exit(3)"]))).toBe(3);
});

test("a child that is killed has failed", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
  const code = exitCodeOf(child);
  child.kill("SIGKILL");
  expect(await code).toBe(1);
});

test("a command that is not there is an error", async () => {
  await expect(exitCodeOf(spawn("/no/such/command"))).rejects.toThrow(
    new Error("spawn /no/such/command ENOENT"),
  );
});

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("on %s a holder ends its child and gives its lock back", async (signal, code) => {
  const folder = mkdtempSync(join(tmpdir(), "snapset-child-"));
  try {
    const lock = join(folder, "build.lock");
    const holder = startHolder(lock);
    const exit = exitCodeOf(holder);
    const grandchild = await firstLine(holder);
    expect(existsSync(lock)).toBe(true);
    holder.kill(signal);
    expect(await exit).toBe(code);
    expect(existsSync(lock)).toBe(false);
    // `tail --pid` waits until that process is gone.
    const gone = spawnSync("tail", ["-f", "/dev/null", `--pid=${grandchild}`, "-s", "0.05"], {
      timeout: 10_000,
    });
    expect(gone.status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Starts a process that holds a lock while a child of it runs, and prints that child's pid. */
function startHolder(lock: string): ChildProcess {
  const script = `
    const { spawn } = require("node:child_process");
    const { exitCodeOf } = require("${toolchain}/child.cjs");
    const { withLock } = require("${toolchain}/lock.cjs");
    void withLock(process.argv[1], console.error, () => {
      const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
      child.once("spawn", () => console.log(child.pid));
      return exitCodeOf(child);
    });`;
  return spawn(process.execPath, ["-e", script, lock], { stdio: ["ignore", "pipe", "inherit"] });
}

function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the child's output is not piped");
  const lines = createInterface(child.stdout);
  return new Promise((resolve) => lines.once("line", resolve));
}
