import type { Clock } from "./clock";
import { TimeoutError } from "./errors";

/** What to wait for, and how. */
export interface Wait<T> {
  /** Completes "waiting for …" in progress lines and in the time-out message. */
  what: string;
  observe: () => Promise<T>;
  isDone: (observed: T) => boolean;
  /** The last observation as words, for progress and for the time-out message. */
  describe: (observed: T) => string;
  deadlineMs: number;
  clock: Clock;
  signal?: AbortSignal | undefined;
  /** First interval between two observations. @default 1000 */
  intervalMs?: number;
  /** Each interval is the last one times `1.5` up to this. @default 5000 */
  maxIntervalMs?: number;
  /** Called after each observation that is not the last. */
  onProgress?: ((seen: string, elapsedMs: number) => void) | undefined;
}

/**
 * Observes until done. An error thrown by `observe` ends the wait: what may be retried is retried
 * below, in the client.
 *
 * @returns the observation that satisfied `isDone`
 * @throws {TimeoutError} at the deadline, naming what was last seen
 */
export async function waitFor<T, Done extends T>(
  wait: Wait<T> & { isDone: (observed: T) => observed is Done },
): Promise<Done>;
export async function waitFor<T>(wait: Wait<T>): Promise<T>;
export async function waitFor<T>(wait: Wait<T>): Promise<T> {
  const started = wait.clock.now().getTime();
  let interval = wait.intervalMs ?? 1000;
  for (;;) {
    wait.signal?.throwIfAborted();
    const observed = await wait.observe();
    if (wait.isDone(observed)) return observed;
    const elapsed = wait.clock.now().getTime() - started;
    const seen = wait.describe(observed);
    if (elapsed >= wait.deadlineMs) throw new TimeoutError(wait.what, elapsed, seen);
    wait.onProgress?.(seen, elapsed);
    await wait.clock.sleep(Math.min(interval, wait.deadlineMs - elapsed), wait.signal);
    interval = Math.min(interval * 1.5, wait.maxIntervalMs ?? 5000);
  }
}

/** A wait in which observing may fail for now. */
export interface TolerantWait<T> extends Omit<Wait<T>, "isDone"> {
  /** The words of a failure that may pass, as an observation; undefined for one that ends the wait. */
  problemOf: (error: unknown) => string | undefined;
  /** @default with the first value */
  isDone?: (value: T) => boolean;
}

/**
 * Observes until there is a value that will do; failures that may pass are told as what was seen.
 *
 * @throws {TimeoutError} at the deadline, naming what was last seen
 */
export async function waitForValue<T>({
  observe,
  problemOf,
  isDone = () => true,
  describe,
  ...wait
}: TolerantWait<T>): Promise<T> {
  type Seen = { value: T } | { problem: string };
  const { value } = await waitFor({
    ...wait,
    observe: async (): Promise<Seen> => {
      try {
        return { value: await observe() };
      } catch (error) {
        const problem = problemOf(error);
        if (problem === undefined) throw error;
        return { problem };
      }
    },
    isDone: (seen: Seen): seen is { value: T } => "value" in seen && isDone(seen.value),
    describe: (seen: Seen) => ("problem" in seen ? seen.problem : describe(seen.value)),
  });
  return value;
}
