import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";

/**
 * Attempts something again and again, for a minute at most.
 *
 * @throws {TimeoutError} with the last error
 */
export async function until(what: string, attempt: () => Promise<void> | void): Promise<void> {
  await waitFor({
    what,
    observe: async () => {
      try {
        await attempt();
        return undefined;
      } catch (error) {
        return String(error);
      }
    },
    isDone: (problem) => problem === undefined,
    describe: (problem) => problem ?? "",
    deadlineMs: 60_000,
    clock: systemClock,
    intervalMs: 200,
    maxIntervalMs: 500,
  });
}
