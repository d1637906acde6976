import fc from "fast-check";
import { median, secondsOf } from "../../bench/statistics";

describe("median", () => {
  it("is the middle one of an odd number, wherever it stands", () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it("is the mean of the two middle ones of an even number", () => {
    expect(median([9, 1, 5, 6])).toBe(5.5);
  });

  it("has as many measurements below as above", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  it("refuses no measurements", () => {
    expect(() => median([])).toThrow(new RangeError("no measurements"));
  });
});

describe("secondsOf", () => {
  it("shows one measurement alone", () => {
    expect(secondsOf([1234])).toBe("1.23 s");
  });

  it("shows the median of several, with the least and the most", () => {
    expect(secondsOf([3000, 1000, 2500])).toBe("2.50 s (1.00–3.00)");
  });
});
