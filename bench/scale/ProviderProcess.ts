import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Account, Order } from "./provider";

/** A process with the providers and nothing else, as the engine starts one. */
export class ProviderProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when all is loaded. @param root the checkout */
  static async start(root: string): Promise<ProviderProcess> {
    const child = fork(join(__dirname, "provider.ts"), {
      cwd: root,
      execArgv: ["--require", "./common/typescript.cjs"],
    });
    await Promise.race([once(child, "message"), endOf(child).then(refuse)]);
    return new ProviderProcess(child);
  }

  /** @returns what it took, or "killed" when the process ended before it */
  carryOut(order: Order): Promise<Account | "killed"> {
    const account = once(this.child, "message").then(([message]) => message as Account);
    const end = endOf(this.child).then(() => "killed" as const);
    this.child.send(order);
    return Promise.race([account, end]);
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}

async function endOf(child: ChildProcess): Promise<void> {
  await once(child, "exit");
}

function refuse(): never {
  throw new Error("the provider ended before it was given anything to do");
}
