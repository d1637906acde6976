import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { formatSeconds } from "../common/errors";
import { exitCodeOf } from "./child.cjs";
import type { Tool } from "./tools";

const heartbeatMs = 30_000;
const tailLines = 20;
/** No other Go is downloaded, and nothing of the caller's own settings changes what is built. */
const goSettings = { GOTOOLCHAIN: "local", CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" };

/** One line about how far things are. */
export type Say = (line: string) => void;

/** A tool's build that failed, with the end of what the compiler said. */
export class BuildError extends Error {
  override readonly name = "BuildError";

  constructor(
    readonly tool: Tool,
    readonly tail: readonly string[],
  ) {
    super(
      [`toolchain: building ${tool.name} ${tool.version} failed`, ...tail].join("\n    ") +
        "\nRun the same command again to go on from here.",
    );
  }
}

/** The arguments of `go` that build `tool` into `output`. */
export function buildArguments(tool: Tool, output: string): string[] {
  const variables = Object.entries(tool.variables).map(([name, value]) => `-X ${name}=${value}`);
  return [
    "build",
    "-v",
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    ...(tool.flags ?? []),
    ...(tool.tags.length === 0 ? [] : ["-tags", tool.tags.join(",")]),
    "-ldflags",
    ["-s -w", ...variables].join(" "),
    "-o",
    output,
    tool.package,
  ];
}

/**
 * Builds a tool. The binary appears at `output` when it is whole: an interrupted build leaves none.
 *
 * @param folder where the tool's go.mod is
 * @throws {BuildError} with the end of the compiler's output
 */
export async function buildTool(
  tool: Tool,
  folder: string,
  output: string,
  say: Say,
): Promise<void> {
  const unfinished = join(dirname(output), `.${basename(output)}.unfinished`);
  mkdirSync(dirname(output), { recursive: true });
  removeUnfinished(unfinished);
  const path = `${unfinished}.${process.pid}`;
  // What go has compiled stays behind when it is interrupted: here the next build removes it.
  const work = `${path}.work`;
  mkdirSync(work);
  await runGo(tool, buildArguments(tool, path), { folder, work }, say);
  rmSync(work, { recursive: true });
  renameSync(path, output);
}

/** Of builds that failed or were interrupted: the caller's lock says that none is running. */
function removeUnfinished(prefix: string): void {
  const folder = dirname(prefix);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(basename(prefix))) continue;
    // A compiler that was just ended may still write there.
    rmSync(join(folder, name), { recursive: true, maxRetries: 5 });
  }
}

async function runGo(
  tool: Tool,
  args: string[],
  { folder, work }: { folder: string; work: string },
  say: Say,
): Promise<void> {
  const started = performance.now();
  const progress = new Progress();
  const go = spawn("go", args, {
    cwd: folder,
    env: { ...process.env, ...goSettings, GOTMPDIR: work },
    stdio: ["ignore", "ignore", "pipe"],
  });
  go.stderr.setEncoding("utf8").on("data", (text: string) => {
    progress.take(text);
  });
  const heartbeat = setInterval(() => {
    const elapsed = formatSeconds(performance.now() - started);
    say(`toolchain: ${tool.name}: ${elapsed}, ${progress.seen()} (usually ${tool.usually})`);
  }, heartbeatMs);
  try {
    if ((await exitCodeOf(go)) !== 0) throw new BuildError(tool, progress.tail());
  } finally {
    clearInterval(heartbeat);
  }
}

/** Counts what `go build -v` prints, and keeps its end without the counted. */
export class Progress {
  private rest = "";
  private downloaded = 0;
  private compiled = 0;
  private readonly said: string[] = [];

  /** Takes the next piece of output, which may end within a line. */
  take(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.takeLine(line);
  }

  /** How far the build is. */
  seen(): string {
    return `${this.downloaded} modules downloaded, ${this.compiled} packages compiled`;
  }

  /** The last lines that are neither a download nor a package's name. */
  tail(): readonly string[] {
    return [...this.said, ...(this.rest === "" ? [] : [this.rest])].slice(-tailLines);
  }

  private takeLine(line: string): void {
    if (line.startsWith("go: downloading ")) this.downloaded += 1;
    else if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(line)) this.compiled += 1;
    else this.said.push(line);
  }
}
