import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Inputs of a Command, as far as hooks give them. */
export interface CommandInputs {
  create: string;
  stdin?: string;
  environment?: Record<string, string>;
  connection?: Connection;
}

interface Connection {
  host: string;
  port: number;
  user: string;
  privateKey?: string;
  hostKey?: string;
}

/** How a command ended. */
export interface Ended {
  stdout: string;
  stderr: string;
  /** Both, as they came. */
  both: string;
  /** Undefined when it succeeded. */
  problem: string | undefined;
}

type Show = (line: string) => void;

/** `/bin/sh -c`, with the plugin's own environment and more. */
export function runLocal(inputs: CommandInputs, show: Show): Promise<Ended> {
  const env = { ...process.env, ...inputs.environment };
  return finish("/bin/sh", ["-c", inputs.create], { env, stdin: inputs.stdin }, show);
}

/** The system's ssh; it knows one key of the host, or does not ask. */
export async function runRemote(inputs: CommandInputs, show: Show): Promise<Ended> {
  if (inputs.environment !== undefined) throw new Error("sshd accepts no environment variables");
  if (inputs.connection === undefined) throw new Error("there is no connection");
  const folder = mkdtempSync(join(tmpdir(), "snapset-command-"));
  try {
    const args = [...sshArguments(inputs.connection, folder), inputs.create];
    return await finish("ssh", args, { env: process.env, stdin: inputs.stdin }, show);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sshArguments(connection: Connection, folder: string): string[] {
  const { host, port, user, privateKey = "", hostKey } = connection;
  const [known, key] = [join(folder, "known_hosts"), join(folder, "key")];
  writeFileSync(known, hostKey === undefined ? "" : `[${host}]:${port} ${hostKey}\n`);
  writeFileSync(key, privateKey, { mode: 0o600 });
  const strict = hostKey === undefined ? "no" : "yes";
  const options = { StrictHostKeyChecking: strict, UserKnownHostsFile: known, BatchMode: "yes" };
  return [
    ...["-F", "none", "-q", "-i", key, "-p", String(port)],
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    `${user}@${host}`,
  ];
}

function finish(
  program: string,
  args: readonly string[],
  { env, stdin }: { env: NodeJS.ProcessEnv; stdin: string | undefined },
  show: Show,
): Promise<Ended> {
  const child = spawn(program, args, { env, stdio: "pipe" });
  const ended: Ended = { stdout: "", stderr: "", both: "", problem: undefined };
  for (const name of ["stdout", "stderr"] as const) {
    createInterface(child[name]).on("line", (line) => {
      ended[name] += `${line}\n`;
      ended.both += `${line}\n`;
      show(line);
    });
  }
  // A command that ends without reading its input is none the worse for it.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ ...ended, problem: code === 0 ? undefined : `exit status ${String(code)}` });
    });
  });
}
