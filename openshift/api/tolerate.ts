import { waitForValue, type TolerantWait } from "../../common/wait";
import { ClusterError, isTransient } from "./errors";

/** What an observation brought: a value, or the words of a failure that may pass. */
export type Tolerated<T> = { value: T } | { problem: string };

/**
 * For waits on a cluster that is starting: its API comes and goes, as every API server rolls out
 * anew. Failures that may pass are observations; others end the wait.
 *
 * @param isTolerable which errors of the API may pass
 */
export async function tolerate<T>(
  observe: () => Promise<T>,
  isTolerable: (error: ClusterError) => boolean = isTransient,
): Promise<Tolerated<T>> {
  try {
    return { value: await observe() };
  } catch (error) {
    if (error instanceof ClusterError && isTolerable(error)) return { problem: error.message };
    throw error;
  }
}

/**
 * Waits on a cluster that is starting, by the same rule.
 *
 * @returns the value that will do
 * @throws {TimeoutError} at the deadline, naming what was last seen
 */
export function waitForAnswer<T>(
  wait: Omit<TolerantWait<T>, "problemOf">,
  isTolerable: (error: ClusterError) => boolean = isTransient,
): Promise<T> {
  const problemOf = (error: unknown) =>
    error instanceof ClusterError && isTolerable(error) ? error.message : undefined;
  return waitForValue({ ...wait, problemOf });
}
