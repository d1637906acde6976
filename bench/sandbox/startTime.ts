import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

/** A sandbox in a process of its own, started for a measurement. */
export interface MeasuredSandbox {
  /** From the start of the process to its first answer. */
  startMs: number;
  url: string;
  pid: number;
  env: { OS_CLIENT_CONFIG_FILE: string; OS_CLOUD: string };
  stop(): Promise<void>;
}

/** Starts a sandbox and times it: a whole process, until it has answered a request. */
export async function startMeasured(root: string, directory: string): Promise<MeasuredSandbox> {
  const cloudsYaml = join(directory, "clouds.yaml");
  const serve = ["serve", "--port", "0", "--clouds-yaml", cloudsYaml];
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ["--require", "./common/typescript.cjs", join("sandbox", "main.ts"), ...serve],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => child.once("close", resolve));
  const url = await readyAt(child);
  const response = await fetch(`${url}/identity/v3`);
  await response.text();
  const startMs = performance.now() - started;
  return {
    startMs,
    url,
    pid: child.pid ?? 0,
    env: { OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: "sandbox" },
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function readyAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("error", reject);
    child.once("close", (code) => {
      reject(new Error(`the sandbox ended with code ${code ?? "none"}: ${text}`));
    });
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const [, url] = /ready at (\S+)[^]*use it:/.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
}
