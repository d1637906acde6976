import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const runs = 40;

// A run takes four to six seconds, most of them waiting, and three go at a time.
jest.setTimeout(runs * 10_000);

it(`ends with one complete set or with nothing, killed at ${runs} random moments`, async () => {
  const script = join("test", "kills", "killRuns.ts");
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--require", "./common/typescript.cjs", script, "--runs", String(runs)],
    { cwd: resolve(__dirname, "../..") },
  ).catch((error: unknown) => error as { stdout: string });
  expect(stdout.split("\n").filter((line) => /^(FAIL| {5})/.test(line))).toEqual([]);
  expect(stdout.trim().split("\n").at(-1)).toBe(
    `${runs} of ${runs} ended with one complete set or with nothing`,
  );
});
