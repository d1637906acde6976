import { offAtByTheirClock } from "../../../openshift/revive/clockSkew";

const day = 24 * 60 * 60_000;
const offAt = new Date("2026-01-02T00:00:00Z");

test("a clock that is ahead dated its last day later than it was", () => {
  expect(offAtByTheirClock(offAt, day).toISOString()).toBe("2026-01-03T00:00:01.000Z");
});

test("a clock that is behind may have been right when the cluster went down", () => {
  expect(offAtByTheirClock(offAt, -day)).toEqual(offAt);
});
