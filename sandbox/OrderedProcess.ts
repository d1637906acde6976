import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

/**
 * A process that runs a program of ours, says when it is ready, and then carries out orders one at a
 * time; it may be killed at any moment.
 */
export class OrderedProcess<Order extends object, Answer> {
  private constructor(private readonly child: ChildProcess) {}

  /**
   * Resolves when the program has sent its first message.
   *
   * @param program path of a TypeScript file
   */
  static async start<Order extends object, Answer>(
    program: string,
  ): Promise<OrderedProcess<Order, Answer>> {
    const child = fork(program, {
      cwd: resolve(__dirname, ".."),
      execArgv: ["--require", "./common/typescript.cjs"],
    });
    await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([code]) => {
        throw new Error(`${program} ended with code ${String(code)} before its order`);
      }),
    ]);
    return new OrderedProcess(child);
  }

  /** Begins the work. @returns its answer, or "killed" when the process ended before it */
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
