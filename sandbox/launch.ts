import { spawn } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../common/clock";
import { waitFor } from "../common/wait";

/** A sandbox in a process of its own, which outlives the one that launched it. */
export interface RunningSandbox {
  url: string;
  /** What selects it as the cloud. */
  env: { OS_CLIENT_CONFIG_FILE: string; OS_CLOUD: string };
  /** Moves its time forward. */
  advance(ms: number): Promise<void>;
}

/**
 * Launches a sandbox on a free port and waits until it answers.
 *
 * @param root the checkout
 * @param directory for its clouds.yaml, its log and its address
 */
export async function launchSandbox(
  root: string,
  directory: string,
  { clockOffsetMs }: { clockOffsetMs: number },
): Promise<RunningSandbox> {
  const cloudsYaml = join(directory, "clouds.yaml");
  const logFile = join(directory, "sandbox.log");
  const log = openSync(logFile, "w");
  const args = ["serve", "--port", "0", "--clock-offset", String(clockOffsetMs)];
  const child = spawn(
    process.execPath,
    [
      "--require",
      "./common/typescript.cjs",
      "sandbox/main.ts",
      ...args,
      "--clouds-yaml",
      cloudsYaml,
    ],
    { cwd: root, detached: true, stdio: ["ignore", log, log] },
  );
  child.unref();
  const text = await waitFor({
    what: "the sandbox to start",
    observe: () => Promise.resolve(readFileSync(logFile, "utf8")),
    isDone: (seen) => seen.includes("use it:") || child.exitCode !== null,
    describe: (seen) => seen,
    deadlineMs: 60_000,
    intervalMs: 50,
    clock: systemClock,
  });
  const url = /ready at (\S+)/.exec(text)?.[1];
  if (url === undefined) throw new Error(`the sandbox did not start: ${text}`);
  writeFileSync(join(directory, "url"), url);
  return {
    url,
    env: { OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: "sandbox" },
    advance: (ms) => post(`${url}/sandbox/advance`, { ms }),
  };
}

/** Ends the sandbox that an earlier run left in `directory`, if it is there still. */
export async function stopSandbox(directory: string): Promise<void> {
  const url = addressIn(directory);
  if (url === undefined) return;
  // One that does not answer has ended already: its port is closed, or somebody else's.
  await post(`${url}/sandbox/stop`, {}).catch(() => undefined);
}

function addressIn(directory: string): string | undefined {
  try {
    return readFileSync(join(directory, "url"), "utf8");
  } catch {
    return undefined;
  }
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
}
