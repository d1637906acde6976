/**
 * The middle one of several measurements, the mean of the two middle ones of an even number.
 *
 * @throws {RangeError} when there are none
 */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("no measurements");
  return (lower + upper) / 2;
}

/** Milliseconds as seconds: the median, and in brackets the least and the most. */
export function secondsOf(valuesMs: readonly number[]): string {
  const [middle, least, most] = [
    median(valuesMs),
    Math.min(...valuesMs),
    Math.max(...valuesMs),
  ].map((ms) => (ms / 1000).toFixed(2));
  return valuesMs.length === 1 ? `${middle} s` : `${middle} s (${least}–${most})`;
}

/** Runs `work` and tells how long it took, in milliseconds. */
export async function timed<T>(work: () => Promise<T>): Promise<{ result: T; elapsedMs: number }> {
  const started = performance.now();
  const result = await work();
  return { result, elapsedMs: performance.now() - started };
}
