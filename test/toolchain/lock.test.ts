import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { withLock } from "../../toolchain/lock.cjs";

let folder: string;
let lock: string;
const waited: string[] = [];
const onWait = (holder: string): void => void waited.push(holder);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "snapset-lock-"));
  lock = join(folder, "deep", "build.lock");
  waited.length = 0;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("one works after the other, and the second is told for whom it waits", async () => {
  const events: string[] = [];
  const second: Promise<void>[] = [];
  await withLock(lock, onWait, async () => {
    events.push("first begins");
    const waiting = new Promise<string>((resolve) => {
      second.push(withLock(lock, resolve, () => Promise.resolve(void events.push("second"))));
    });
    expect(await waiting).toBe(`process ${process.pid}`);
    events.push("first ends");
  });
  await Promise.all(second);
  expect(events).toEqual(["first begins", "first ends", "second"]);
  expect(existsSync(lock)).toBe(false);
});

test("it is given back when the work fails", async () => {
  const failing = withLock(lock, onWait, () => Promise.reject(new Error("no space")));
  await expect(failing).rejects.toThrow(new Error("no space"));
  expect(existsSync(lock)).toBe(false);
});

test("the lock of a process that has died is taken over", async () => {
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  hold(String(dead));
  expect(await withLock(lock, onWait, () => Promise.resolve("done"))).toBe("done");
});

test("so is one that nobody has kept fresh for a minute", async () => {
  hold(String(process.pid));
  const old = new Date(Date.now() - 61_000);
  utimesSync(lock, old, old);
  expect(await withLock(lock, onWait, () => Promise.resolve("done"))).toBe("done");
});

function hold(pid: string): void {
  mkdirSync(lock, { recursive: true });
  writeFileSync(join(lock, "pid"), pid);
}
