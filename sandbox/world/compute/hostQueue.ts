/** Work that waits for its turn: a bounded number at a time on each host. */
export class HostQueue {
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** @param limit how many may run on a host at a time; asked each time, as it may change */
  constructor(private readonly limit: () => number) {}

  /** How many run or wait on a host. */
  count(host: string): number {
    return (this.#running.get(host) ?? 0) + (this.#waiting.get(host)?.length ?? 0);
  }

  /** Starts at once or when it is its turn. Whoever starts calls {@link release} when done. */
  enter(host: string, start: () => void): void {
    const waiting = this.#waiting.get(host) ?? [];
    this.#waiting.set(host, [...waiting, start]);
    this.#startNext(host);
  }

  /** Gives the place to the next in line. */
  release(host: string): void {
    this.#running.set(host, (this.#running.get(host) ?? 1) - 1);
    this.#startNext(host);
  }

  #startNext(host: string): void {
    const running = this.#running.get(host) ?? 0;
    const [next, ...rest] = this.#waiting.get(host) ?? [];
    if (next === undefined || running >= this.limit()) return;
    this.#waiting.set(host, rest);
    this.#running.set(host, running + 1);
    next();
  }
}
