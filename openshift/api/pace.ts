import type { Clock } from "../../common/clock";

/** Runs calls one after the other, in the order in which they come. */
export type Pace = <T>(call: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

const windowMs = 1000;

/** Lets no more than `perSecond` calls begin within any second. */
export function createPace(clock: Clock, perSecond: number): Pace {
  const begun: number[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  const wait = async (signal: AbortSignal | undefined) => {
    const oldest = begun.at(-perSecond);
    const early = oldest === undefined ? 0 : oldest + windowMs - clock.now().getTime();
    if (early > 0) await clock.sleep(early, signal);
    begun.push(clock.now().getTime());
    if (begun.length > perSecond) begun.shift();
  };
  return (call, signal) => {
    const mine = turn.then(() => wait(signal)).then(call);
    // one that fails, or is given up while it waits, holds up nobody
    turn = mine.catch(() => undefined);
    return mine;
  };
}
