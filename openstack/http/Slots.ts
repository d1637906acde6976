/**
 * Bounds how much is under way at once; the rest waits for its turn. What is urgent goes first: the
 * one list call that serves a thousand members does not wait behind their thousand actions.
 */
export class Slots {
  private readonly urgent: (() => void)[] = [];
  private readonly others: (() => void)[] = [];

  /** @param free how much may be under way */
  constructor(private free: number) {}

  /** Does the work when there is room for it. */
  async run<T>(work: () => Promise<T>, { isUrgent }: { isUrgent: boolean }): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => (isUrgent ? this.urgent : this.others).push(resolve));
    try {
      return await work();
    } finally {
      const next = this.urgent.shift() ?? this.others.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
