import type { Clock } from "../../../common/clock";
import { createPace } from "../../../openshift/api/pace";

let now = 0;
const clock: Clock = {
  now: () => new Date(now),
  sleep: async (ms, signal) => {
    await Promise.resolve();
    signal?.throwIfAborted();
    now += ms;
  },
};
const begun: number[] = [];
const call = () => {
  begun.push(now);
  return Promise.resolve();
};

beforeEach(() => {
  now = 0;
  begun.length = 0;
});

test("so many at once, then as many a second later, in their order", async () => {
  const pace = createPace(clock, 3);
  const order: number[] = [];
  await Promise.all([1, 2, 3, 4, 5, 6, 7].map((n) => pace(() => call().then(() => order.push(n)))));
  expect(begun).toEqual([0, 0, 0, 1000, 1000, 1000, 2000]);
  expect(order).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("a second is any second, not one of the clock's", async () => {
  const pace = createPace(clock, 2);
  await pace(call);
  now = 900;
  await Promise.all([pace(call), pace(call), pace(call)]);
  expect(begun).toEqual([0, 900, 1000, 1900]);
});

test("one call at a time", async () => {
  const pace = createPace(clock, 3);
  let running = 0;
  let most = 0;
  const slow = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
  };
  await Promise.all([pace(slow), pace(slow), pace(slow)]);
  expect(most).toBe(1);
});

test("neither a failure nor an abort holds up the next", async () => {
  const pace = createPace(clock, 1);
  const failed = pace(() => Promise.reject(new Error("no answer")));
  const aborted = pace(call, AbortSignal.abort(new Error("cancelled")));
  const next = pace(call);
  await expect(failed).rejects.toThrow("no answer");
  await expect(aborted).rejects.toThrow("cancelled");
  await next;
  expect(begun).toEqual([1000]);
});
