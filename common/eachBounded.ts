/** How many requests to one service are under way at once. */
export const parallelRequests = 16;

/**
 * Runs `work` on each item, at most `parallel` at a time, in the order of the items. The first
 * error ends it: nothing more is begun, what is under way is waited for.
 *
 * @throws that error
 */
export async function eachBounded<T>(
  items: readonly T[],
  parallel: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failures.length > 0) return;
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
