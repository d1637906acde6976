import fc from "fast-check";
import { listScheduleMs, lowerBoundMs } from "../../../bench/scale/schedule";

const hosts = fc.array(
  fc.array(fc.integer({ min: 10_000, max: 60_000 }), { minLength: 1, maxLength: 30 }),
  { minLength: 1, maxLength: 5 },
);

it("ends with the longest image where every image has a place", () => {
  expect(listScheduleMs([[10, 30, 20], [5]], 5)).toBe(30);
  expect(lowerBoundMs([[10, 30, 20], [5]], 5)).toBe(30);
});

it("begins the next image when a place is free", () => {
  // 10 and 30 begin; at 10 the 20 does, at 30 the second 10.
  expect(listScheduleMs([[10, 30, 20, 10]], 2)).toBe(40);
  expect(lowerBoundMs([[10, 30, 20, 10]], 2)).toBe(35);
});

it("is never better than the bound, and never more than one image worse", () => {
  fc.assert(
    fc.property(hosts, fc.integer({ min: 1, max: 6 }), (images, slots) => {
      const bound = lowerBoundMs(images, slots);
      const list = listScheduleMs(images, slots);
      expect(list).toBeGreaterThanOrEqual(bound);
      expect(list).toBeLessThanOrEqual(bound + Math.max(...images.flat()));
    }),
  );
});
