import { setTimeout as delay } from "node:timers/promises";

/** Time as a dependency: everything that reads the time or waits is given one. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds. @throws the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  },
};
