import { listed } from "../../../common/listed";
import { waitFor } from "../../../common/wait";
import { patienceOf } from "../../../snapset/reset/preflight";
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
  const { policy } = inputs.readiness;
  const deadlineMs = patienceOf(inputs.readiness, inputs.deadline);
  if (deadlineMs === undefined) return;
  await waitFor({
    what: `somebody to stop the servers, as snapset:restore.targetReadiness is ${policy}`,
    observe: () => preflightReset(inputs, context),
    isDone: ({ running }) => running.length === 0,
    describe: ({ running }) => `running: ${listed(running)}`,
    deadlineMs,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`waiting for the servers to be stopped; ${seen}`);
    },
  });
}
