import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";

/** How one run of the Pulumi command ended. */
export interface Run {
  code: number;
  /** Standard output and error, as they came. */
  output: string;
  /** Milliseconds. */
  elapsedMs: number;
}

/**
 * This project under the real Pulumi command line, with a backend, a passphrase and stack files of
 * its own: Pulumi writes an encryption salt into stack files, and the checkout stays clean.
 */
export class PulumiProject {
  private readonly stacks: string;

  /**
   * @param root the checkout
   * @param directory for everything that Pulumi writes
   * @param env where the command and its plugins are found, and which cloud is meant
   * @param onLine each line of output as it comes
   */
  constructor(
    private readonly root: string,
    directory: string,
    readonly env: Readonly<Record<string, string>>,
    private readonly onLine: (line: string) => void = () => undefined,
  ) {
    this.stacks = join(directory, "stacks");
    const backend = join(directory, "backend");
    mkdirSync(this.stacks, { recursive: true });
    mkdirSync(backend, { recursive: true });
    writeFileSync(join(this.stacks, "Pulumi.yaml"), readFileSync(join(root, "Pulumi.yaml")));
    this.env = {
      ...env,
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: env["PULUMI_CONFIG_PASSPHRASE"] ?? "sandbox",
    };
  }

  /** Path of a stack's configuration, for `--config-file`. */
  configFile(stack: string): string {
    return join(this.stacks, `Pulumi.${stack}.yaml`);
  }

  /** Makes a stack with the configuration of the checkout's file of that name, if any, and more. */
  async createStack(stack: string, config: Readonly<Record<string, unknown>>): Promise<void> {
    const made = await this.run(["stack", "init", stack], this.stacks);
    if (made.code !== 0) throw new Error(`pulumi stack init ${stack}:\n${made.output}`);
    this.configure(stack, config);
  }

  /** Adds to a stack's configuration; what a value of `undefined` names is taken out. */
  configure(stack: string, config: Readonly<Record<string, unknown>>): void {
    const own = readYaml(this.configFile(stack));
    const base = readYaml(join(this.root, `Pulumi.${stack}.yaml`));
    const merged = { ...base["config"], ...own["config"], ...config };
    const kept = Object.entries(merged).filter(([, value]) => value !== undefined);
    writeFileSync(this.configFile(stack), stringify({ ...own, config: Object.fromEntries(kept) }));
  }

  up(stack: string, ...flags: string[]): Promise<Run> {
    return this.onStack("up", stack, ["--yes", "--skip-preview", ...flags]);
  }

  preview(stack: string, ...flags: string[]): Promise<Run> {
    return this.onStack("preview", stack, flags);
  }

  destroy(stack: string, ...flags: string[]): Promise<Run> {
    return this.onStack("destroy", stack, ["--yes", "--skip-preview", ...flags]);
  }

  refresh(stack: string): Promise<Run> {
    return this.onStack("refresh", stack, ["--yes", "--skip-preview"]);
  }

  cancel(stack: string): Promise<Run> {
    return this.run(["cancel", "--yes", "--stack", stack]);
  }

  /** Runs a command on a stack, and answers however it ended. */
  onStack(command: string, stack: string, flags: readonly string[] = []): Promise<Run> {
    const where = ["--stack", stack, "--config-file", this.configFile(stack)];
    return this.run([command, ...where, "--non-interactive", "--color", "never", ...flags]);
  }

  /** A stack's outputs, secrets too. */
  async outputs(stack: string): Promise<Record<string, unknown>> {
    const silent = new PulumiRun(this.root, this.env, () => undefined);
    const run = await silent.finish([
      "stack",
      "output",
      "--json",
      "--show-secrets",
      "--stack",
      stack,
    ]);
    if (run.code !== 0) throw new Error(`pulumi stack output of ${stack}:\n${run.output}`);
    return JSON.parse(run.stdout) as Record<string, unknown>;
  }

  /** Starts a command without waiting for its end, for those who want to interrupt it. */
  start(args: readonly string[], cwd = this.root): PulumiRun {
    const run = new PulumiRun(cwd, this.env, this.onLine);
    run.start(args);
    return run;
  }

  private run(args: readonly string[], cwd = this.root): Promise<Run> {
    return this.start(args, cwd).done;
  }
}

/** One run of the Pulumi command. */
export class PulumiRun {
  stdout = "";
  private output = "";
  private unfinishedLine = "";
  private ended: Promise<Run> | undefined;
  pid: number | undefined;

  constructor(
    private readonly cwd: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly onLine: (line: string) => void,
  ) {}

  get done(): Promise<Run> {
    return this.ended ?? Promise.reject(new Error("the command was not started"));
  }

  async finish(args: readonly string[]): Promise<Run & { stdout: string }> {
    this.start(args);
    return { ...(await this.done), stdout: this.stdout };
  }

  start(args: readonly string[]): void {
    const started = performance.now();
    const child = spawn("pulumi", args, {
      cwd: this.cwd,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.pid = child.pid;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.take(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.take(text);
    });
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        const elapsedMs = performance.now() - started;
        resolve({ code: signal === null ? (code ?? 1) : 137, output: this.output, elapsedMs });
      });
    });
  }

  /** Output comes in pieces: a line is shown when it is whole. */
  private take(text: string): void {
    this.output += text;
    const lines = (this.unfinishedLine + text).split("\n");
    this.unfinishedLine = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") this.onLine(line);
  }
}

function readYaml(path: string): Record<string, Record<string, unknown>> {
  try {
    return (parse(readFileSync(path, "utf8")) ?? {}) as Record<string, Record<string, unknown>>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}
