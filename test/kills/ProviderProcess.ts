import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";

/** One call of a provider. */
export interface Order {
  /** Selects the cloud. */
  env: { OS_CLIENT_CONFIG_FILE: string; OS_CLOUD: string };
  kind: "SnapId" | "SnapSet" | "Selection";
  method: "create" | "delete";
  args: unknown[];
  /** Values of the stack's configuration beside the cloud's name. */
  config?: Record<string, string>;
}

/** What came of it. */
export type Answer = { result: unknown } | { problem: string };

/** A process that has loaded the providers and waits for its orders, one at a time. */
export class ProviderProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start(): Promise<ProviderProcess> {
    const child = fork(join(__dirname, "provider.ts"), {
      cwd: resolve(__dirname, "../.."),
      execArgv: ["--require", "./common/typescript.cjs"],
    });
    await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([code]) => {
        throw new Error(`the provider ended with code ${String(code)} before its order`);
      }),
    ]);
    return new ProviderProcess(child);
  }

  /** Begins the call. @returns its answer, or "killed" when the process ended before it */
  carryOut(order: Order): Promise<Answer | "killed"> {
    const answer = once(this.child, "message").then(([message]) => message as Answer);
    const end = once(this.child, "exit").then(() => "killed" as const);
    this.child.send(order);
    return Promise.race([answer, end]);
  }

  /** Without a chance to tidy up. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const end = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await end;
  }
}
