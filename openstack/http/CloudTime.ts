import type { Clock } from "../../common/clock";

/** Services' clocks differ a little among each other, and their `Date` has whole seconds. */
const toleranceMs = 2000;

/**
 * The cloud's own time: the machine's clock, corrected by the `Date` header of the answers.
 *
 * An answer says only that between its request and its arrival the cloud's clock was within a
 * second. So an estimate is kept for as long as the answers agree with it: a slow one cannot spoil
 * what a fast one has told. The first that does not agree replaces it: the machine's clock may be
 * set right in the middle of a capture, and after that no older answer is worth anything.
 */
export class CloudTime {
  private offset = 0;

  constructor(private readonly clock: Clock) {}

  /** How far the cloud's clock is ahead of the machine's; 0 when it is not worth speaking of. */
  get offsetMs(): number {
    return this.offset;
  }

  now(): Date {
    return new Date(this.clock.now().getTime() + this.offset);
  }

  /**
   * Takes an answer into account.
   *
   * @param date its `Date` header
   * @param sent when its request was sent, by the machine's clock
   */
  observe(date: string | undefined, sent: Date): void {
    const told = date === undefined ? NaN : Date.parse(date);
    const lowest = told - this.clock.now().getTime();
    const highest = told + 1000 - sent.getTime();
    // No date, or the machine's clock was set back meanwhile: nothing can be learned.
    if (!(lowest <= highest)) return;
    if (this.offset >= lowest - toleranceMs && this.offset <= highest + toleranceMs) return;
    const estimate = Math.round((lowest + highest) / 2);
    this.offset = Math.abs(estimate) <= toleranceMs ? 0 : estimate;
  }
}
