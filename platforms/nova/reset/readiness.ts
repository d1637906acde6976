import { listed } from "../../../common/listed";
import { waitFor } from "../../../common/wait";
import type { Context } from "../../context";
import { preflightReset } from "./preflight";
import type { ResetOrder } from "./types";

/**
 * Under `WaitGracePeriod` and `WaitEventually` waits until those who use the servers have stopped
 * them. `StopTarget` has nothing to wait for, and `FailImmediate` was the preflight's.
 *
 * @throws {TimeoutError} when one still runs at the end of the grace period, or at the deadline
 */
export async function waitUntilReady(inputs: ResetOrder, context: Context): Promise<void> {
  const { policy, gracePeriod } = inputs.readiness;
  if (policy === "StopTarget" || policy === "FailImmediate") return;
  await waitFor({
    what: `somebody to stop the servers, as snapset:restore.targetReadiness is ${policy}`,
    observe: () => preflightReset(inputs, context),
    isDone: ({ running }) => running.length === 0,
    describe: ({ running }) => `running: ${listed(running)}`,
    deadlineMs: policy === "WaitGracePeriod" ? gracePeriod : inputs.deadline,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`waiting for the servers to be stopped; ${seen}`);
    },
  });
}
