import { spawn } from "node:child_process";
import { join } from "node:path";
import { InputError } from "../common/errors";
import { environmentFor } from "./environment";
import { ensureKubernetes, findKubernetes } from "./kubernetes";
import { ensureToolchain } from "./toolchain";

/** What is run once everything is set up. */
interface Command {
  program: string;
  args: readonly string[];
  /** `pulumi+`: and a Kubernetes API's programs where they are there already. @default "pulumi" */
  needs?: Needs;
}

type Needs = "pulumi" | "pulumi+" | "kubernetes";

const jest = join("node_modules", "jest", "bin", "jest.js");

const commands: Readonly<Record<string, Command | undefined>> = {
  start: node("--require", "./common/typescript.cjs", join("sandbox", "main-job.ts")),
  test: node(jest),
  "test:cloud": { ...node(jest, "--config", "jest.cloud.config.cjs"), needs: "pulumi+" },
  "test:kube": { ...node(jest, "--config", "jest.kube.config.cjs"), needs: "kubernetes" },
  bench: node("--require", "./common/typescript.cjs", join("bench", "main.ts")),
  pulumi: { program: "pulumi", args: [] },
};

/**
 * Gets the toolchain, then runs a command with it, in the checkout.
 *
 * @param root the checkout
 * @param words `setup`, which only sets up, or a command's name; and arguments to pass on
 * @returns the exit code
 */
export async function runCommand(root: string, words: readonly string[]): Promise<number> {
  const [name = "", ...args] = words;
  const command = commands[name];
  if (command === undefined && name !== "setup") {
    const known = ["setup", ...Object.keys(commands)].join(", ");
    throw new InputError("setup", [`no command "${name}"; there are ${known}`]);
  }
  const env = await ensureEnvironment(root, command?.needs ?? "pulumi");
  if (command === undefined) return 0;
  return run(root, { ...command, args: [...command.args, ...args] }, env);
}

async function ensureEnvironment(root: string, needs: Needs): Promise<NodeJS.ProcessEnv> {
  const say = (line: string) => {
    process.stderr.write(`${line}\n`);
  };
  if (needs === "kubernetes") {
    return { ...process.env, OCAPI_BIN: await ensureKubernetes(root, say) };
  }
  const env = environmentFor(await ensureToolchain(root, say), process.env);
  return needs === "pulumi" ? env : { ...env, OCAPI_BIN: findKubernetes(root) };
}

function node(...args: string[]): Command {
  return { program: process.execPath, args };
}

function run(root: string, command: Command, env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command.program, command.args, { cwd: root, env, stdio: "inherit" });
  // A terminal's Ctrl-C reaches the child by itself; this process only outlives it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code, signal) => {
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}
