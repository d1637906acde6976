import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
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
  await withHolder("", async ({ holder, lock, child }) => {
    expect(existsSync(lock)).toBe(true);
    holder.kill(signal);
    expect(await once(holder, "exit")).toEqual([code, null]);
    expect(existsSync(lock)).toBe(false);
    expect(() => process.kill(child, 0)).toThrow("ESRCH");
  });
});

test("told twice, a holder leaves a child that does not end", async () => {
  const stubborn = 'process.on("SIGINT", () => console.log("no"));';
  await withHolder(stubborn, async ({ holder, lock, child, lines }) => {
    holder.kill("SIGTERM");
    expect(await lines.next()).toEqual({ done: false, value: "no" });
    holder.kill("SIGTERM");
    expect(await once(holder, "exit")).toEqual([143, null]);
    expect(existsSync(lock)).toBe(false);
    expect(process.kill(child, "SIGKILL")).toBe(true);
  });
});

interface Held {
  holder: ChildProcess;
  lock: string;
  /** Process id of the holder's child. */
  child: number;
  /** What that child prints. */
  lines: AsyncIterator<string>;
}

/** With a process that holds a lock while a child of it runs. */
async function withHolder(childScript: string, use: (held: Held) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "snapset-child-"));
  const lock = join(folder, "build.lock");
  const child = `${childScript} console.log(process.pid); setTimeout(() => {}, 60_000);`;
  const script = `
    const { exitCodeOf } = require("${toolchain}/child.cjs");
    const { withLock } = require("${toolchain}/lock.cjs");
    const { spawn } = require("node:child_process");
    const [lock, child] = process.argv.slice(1);
    void withLock(lock, console.error, () =>
      exitCodeOf(spawn(process.execPath, ["-e", child], { stdio: "inherit" })));`;
  const holder = spawn(process.execPath, ["-e", script, lock, child], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const lines = createInterface(holder.stdout)[Symbol.asyncIterator]();
    const first = await lines.next();
    await use({ holder, lock, child: Number(first.value), lines });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
