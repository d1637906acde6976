import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";

const termMs = 10_000;

/** A server process of the lab. It ends with this process, at the latest. */
export class Daemon {
  #child: ChildProcess | undefined;
  readonly #kill = () => this.#child?.kill("SIGKILL");

  constructor(
    private readonly program: string,
    private readonly args: readonly string[],
    readonly log: string,
  ) {}

  start(): void {
    if (this.isRunning()) return;
    const log = openSync(this.log, "a");
    this.#child = spawn(this.program, this.args, { stdio: ["ignore", log, log] });
    closeSync(log);
    process.once("exit", this.#kill);
  }

  isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** @param signal SIGKILL ends it as a power cut does */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (!child || !this.isRunning()) return;
    const gone = once(child, "exit");
    // One that is suspended would not hear it.
    child.kill("SIGCONT");
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), termMs);
    await gone;
    clearTimeout(late);
    process.off("exit", this.#kill);
  }

  /** Neither answers nor ends, until it is resumed. */
  suspend(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** @throws with the end of its log when it has ended by itself */
  requireRunning(): void {
    if (this.isRunning()) return;
    const tail = readFileSync(this.log, "utf8").trimEnd().split("\n").slice(-8).join("\n");
    throw new Error(`${this.program} has ended:\n${tail}`);
  }
}

/** Ports of the loopback interface that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
