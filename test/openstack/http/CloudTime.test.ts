import fc from "fast-check";
import { CloudTime } from "../../../openstack/http/CloudTime";
import type { Clock } from "../../../common/clock";

const dayMs = 86_400_000;

/** A cloud and a machine whose clocks differ, and answers that take their time. */
class TwoClocks implements Clock {
  readonly time = new CloudTime(this);

  constructor(
    public offsetMs: number,
    private machineMs = Date.parse("2026-01-01T00:00:00.400Z"),
  ) {}

  now(): Date {
    return new Date(this.machineMs);
  }

  sleep(ms: number): Promise<void> {
    this.machineMs += ms;
    return Promise.resolve();
  }

  /** A request that takes this long to the cloud, and its answer back. */
  async exchange(thereMs: number, backMs: number): Promise<void> {
    const sent = this.now();
    await this.sleep(thereMs);
    const date = new Date(this.machineMs + this.offsetMs).toUTCString();
    await this.sleep(backMs);
    this.time.observe(date, sent);
  }

  get errorMs(): number {
    return Math.abs(this.time.now().getTime() - (this.machineMs + this.offsetMs));
  }
}

test.each([0, 900, -900, 1400, -1400])("a clock that is %d ms off is right enough", async (ms) => {
  const clocks = new TwoClocks(ms);
  await clocks.exchange(20, 20);
  expect(clocks.time.offsetMs).toBe(0);
  expect(clocks.time.now()).toEqual(clocks.now());
});

test("a clock that is off by days is corrected to within the second of a Date", () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -30 * dayMs, max: 30 * dayMs }).filter((ms) => Math.abs(ms) > 4000),
      fc.array(fc.tuple(fc.nat(400), fc.nat(400)), { minLength: 1, maxLength: 20 }),
      async (offsetMs, exchanges) => {
        const clocks = new TwoClocks(offsetMs);
        for (const [there, back] of exchanges) await clocks.exchange(there, back);
        expect(clocks.errorMs).toBeLessThanOrEqual(900);
        expect(clocks.time.offsetMs).not.toBe(0);
      },
    ),
  ));

test("a slow answer does not spoil what a fast one has told", async () => {
  const clocks = new TwoClocks(dayMs);
  await clocks.exchange(10, 10);
  const { offsetMs } = clocks.time;
  await clocks.exchange(60_000, 0);
  await clocks.exchange(0, 60_000);
  expect(clocks.time.offsetMs).toBe(offsetMs);
});

test("a fast answer corrects what a slow one has told", async () => {
  const clocks = new TwoClocks(dayMs);
  await clocks.exchange(0, 60_000);
  expect(clocks.errorMs).toBeGreaterThan(20_000);
  await clocks.exchange(10, 10);
  expect(clocks.errorMs).toBeLessThanOrEqual(520);
});

test("a machine whose clock is set right in between is believed again", async () => {
  const clocks = new TwoClocks(-dayMs);
  await clocks.exchange(10, 10);
  expect(clocks.time.offsetMs).toBeLessThan(-dayMs + 1000);
  await clocks.sleep(-dayMs);
  clocks.offsetMs = 0;
  await clocks.exchange(10, 10);
  expect(clocks.time.offsetMs).toBe(0);
});

test("an answer without a date, or with one that nothing can be made of, changes nothing", async () => {
  const clocks = new TwoClocks(dayMs);
  await clocks.exchange(10, 10);
  const { offsetMs } = clocks.time;
  clocks.time.observe(undefined, clocks.now());
  clocks.time.observe("soon", clocks.now());
  // The machine's clock was set back by an hour while the answer was on its way.
  clocks.time.observe(
    "Thu, 01 Jan 2026 00:00:00 GMT",
    new Date(clocks.now().getTime() + 3_600_000),
  );
  expect(clocks.time.offsetMs).toBe(offsetMs);
});
