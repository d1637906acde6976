/**
 * Waits until all have ended, also when one fails: what is done about a failure must not meet work
 * that goes on.
 *
 * @throws the first failure, in the order given
 */
export async function allEnded<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(work);
  return results.map((it) => {
    if (it.status === "rejected") throw it.reason;
    return it.value;
  });
}
