import { manualTime, WorldClock } from "../../../sandbox/world/worldClock";

describe("the world's clock", () => {
  const start = new Date("2026-01-05T08:00:00Z");

  it("does what falls due in order, each at its own time", () => {
    const clock = new WorldClock(manualTime(start));
    const seen: string[] = [];
    const note = (what: string) => () => {
      seen.push(`${what} at ${(clock.nowMs() - start.getTime()) / 1000} s`);
    };
    clock.after(30_000, note("late"));
    clock.after(10_000, () => {
      note("early")();
      clock.after(5_000, note("follow-up"));
    });
    clock.advance(20_000);
    expect(seen).toEqual(["early at 10 s", "follow-up at 15 s"]);
    clock.advance(20_000);
    expect(seen).toEqual(["early at 10 s", "follow-up at 15 s", "late at 30 s"]);
  });

  it("divides modelled durations by the time scale, but not dates", () => {
    const clock = new WorldClock(manualTime(start), 20);
    const seen: string[] = [];
    clock.after(20_000, () => seen.push("modelled"));
    clock.at(new Date(start.getTime() + 20_000), () => seen.push("date"));
    clock.advance(1_000);
    expect(seen).toEqual(["modelled"]);
    clock.advance(19_000);
    expect(seen).toEqual(["modelled", "date"]);
  });

  it("does not do what was called off", () => {
    const clock = new WorldClock(manualTime(start));
    const seen: string[] = [];
    clock.after(10, () => seen.push("no")).cancel();
    clock.advance(20);
    expect(seen).toEqual([]);
  });

  it("sleeps in its own time, and wakes with the reason when aborted", async () => {
    const clock = new WorldClock(manualTime(start), 20);
    const slept = clock.sleep(1_000).then(() => "slept");
    clock.advance(1_000);
    await expect(slept).resolves.toBe("slept");
    const abort = new AbortController();
    const aborted = clock.sleep(1_000, abort.signal);
    abort.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
  });
});
