import { join } from "node:path";
import { OrderedProcess } from "../../sandbox/OrderedProcess";

/** One call of a provider. */
export interface Order {
  /** Selects the cloud. */
  env: { OS_CLIENT_CONFIG_FILE: string; OS_CLOUD: string };
  kind: "SnapId" | "SnapSet" | "Selection" | "Reset";
  method: "create" | "delete";
  args: unknown[];
  /** Values of the stack's configuration beside the cloud's name. */
  config?: Record<string, string>;
}

/** What came of it. */
export type Answer = { result: unknown } | { problem: string };

/** A process that has loaded the providers and waits for its orders. */
export type ProviderProcess = OrderedProcess<Order, Answer>;

export function startProvider(): Promise<ProviderProcess> {
  return OrderedProcess.start(join(__dirname, "provider.ts"));
}
