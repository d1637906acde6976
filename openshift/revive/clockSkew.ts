import { formatSeconds } from "../../common/errors";
import type { ReviveContext } from "./revive";
import { tolerate } from "../api/tolerate";

/** The API tells its time in whole seconds, and takes a moment to answer. */
const tolerableMs = 5000;

/** By so much the API's clock may be later than it tells: what is of before the shutdown must not count. */
const cutOffMs = 1000;

/**
 * Compares the cluster's clock with ours: what the cluster dates is compared with the moment at
 * which it was off, and that is a moment of our clock.
 *
 * @returns by how much the cluster's clock is ahead, in milliseconds; 0 within a few seconds
 */
export function measureClockSkew(context: ReviveContext): Promise<number> {
  return context.step("clock", async () => {
    const { cluster, clock } = context;
    const askedAt = clock.now().getTime();
    const answer = await tolerate(() => cluster.readServerTime());
    const ours = (askedAt + clock.now().getTime()) / 2;
    if ("problem" in answer) return { value: 0, seen: answer.problem };
    const theirs = answer.value;
    if (!theirs) return { value: 0, seen: "the API does not tell its time" };
    const skewMs = theirs.getTime() - ours;
    if (Math.abs(skewMs) <= tolerableMs) return { value: 0, seen: "agrees with ours" };
    const direction = skewMs > 0 ? "ahead of" : "behind";
    return { value: skewMs, seen: `${formatSeconds(Math.abs(skewMs))} ${direction} ours` };
  });
}

/**
 * The moment after which a sign of life is of this boot, in the cluster's time. Where its clock is
 * behind, that is left as it is: what was dated before the clock went wrong would count as new
 * otherwise. Leases that are renewed under our eyes count in any case.
 */
export function offAtByTheirClock(offAt: Date, skewMs: number): Date {
  return skewMs > 0 ? new Date(offAt.getTime() + skewMs + cutOffMs) : offAt;
}
