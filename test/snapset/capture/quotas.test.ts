import fc from "fast-check";
import { imageQuotaProblems, volumeQuotaProblems } from "../../../snapset/capture/quotas";
import type { Quota } from "../../../snapset/quotas";

const advice = "raise it, or delete sets that are no longer needed";

const volume = fc.record({
  sizeGb: fc.integer({ min: 1, max: 100 }),
  type: fc.constantFrom(null, "fast", "slow"),
});
const volumes = fc.array(volume, { maxLength: 5 });
const quota: fc.Arbitrary<Quota> = fc.record({
  limit: fc.oneof(fc.constant(-1), fc.nat({ max: 300 })),
  used: fc.nat({ max: 300 }),
});

describe("what a set would need more of than the project may have", () => {
  it("is nothing where no service tells its quotas", () => {
    expect(imageQuotaProblems(5, {})).toEqual([]);
    expect(volumeQuotaProblems([{ sizeGb: 10, type: "fast" }], {})).toEqual([]);
  });

  it("is nothing where there is no limit", () => {
    const none = { limit: -1, used: 1000 };
    expect(imageQuotaProblems(5, { image_count_total: none })).toEqual([]);
  });

  it("is nothing where it just fits", () => {
    const image_count_total = { limit: 10, used: 7 };
    expect(imageQuotaProblems(3, { image_count_total })).toEqual([]);
    expect(imageQuotaProblems(4, { image_count_total })).toEqual([
      `quota Glance's image_count_total: 4 more needed, 7 of 10 are used: ${advice}`,
    ]);
  });

  it("is nothing where nothing is needed, though more is used than may be", () => {
    const over = { limit: 1, used: 2 };
    expect(imageQuotaProblems(0, { image_count_total: over, image_size_total: over })).toEqual([]);
    expect(volumeQuotaProblems([], { snapshots: over, gigabytes: over })).toEqual([]);
  });

  it("is room for images whose size is not known yet, where there is none left", () => {
    const full = { limit: 1000, used: 1000 };
    expect(imageQuotaProblems(1, { image_size_total: full })).toEqual([
      `quota Glance's image_size_total (MiB): 1 more needed, 1000 of 1000 are used: ${advice}`,
    ]);
  });

  it("is told for all volumes and for each type, everything at once", () => {
    const wanted = [
      { sizeGb: 10, type: "fast" },
      { sizeGb: 20, type: "fast" },
      { sizeGb: 40, type: "slow" },
      { sizeGb: 80, type: null },
    ];
    const quotas = {
      snapshots: { limit: 3, used: 0 },
      gigabytes: { limit: 200, used: 100 },
      snapshots_fast: { limit: 1, used: 0 },
      gigabytes_fast: { limit: 30, used: 1 },
      gigabytes_slow: { limit: 40, used: 0 },
    };
    expect(volumeQuotaProblems(wanted, quotas)).toEqual([
      `quota Cinder's snapshots: 4 more needed, 0 of 3 are used: ${advice}`,
      `quota Cinder's gigabytes: 150 more needed, 100 of 200 are used: ${advice}`,
      `quota Cinder's snapshots_fast: 2 more needed, 0 of 1 are used: ${advice}`,
      `quota Cinder's gigabytes_fast: 30 more needed, 1 of 30 are used: ${advice}`,
    ]);
  });

  it("is told exactly where the sum is above a limit", () => {
    fc.assert(
      fc.property(volumes, quota, quota, (wanted, snapshots, gigabytes) => {
        const size = wanted.reduce((sum, { sizeGb }) => sum + sizeGb, 0);
        const isOver = ({ limit, used }: Quota, needed: number) =>
          limit >= 0 && needed > 0 && used + needed > limit;
        const problems = volumeQuotaProblems(wanted, { snapshots, gigabytes });
        expect(problems.map((problem) => problem.split(":")[0])).toEqual([
          ...(isOver(snapshots, wanted.length) ? ["quota Cinder's snapshots"] : []),
          ...(isOver(gigabytes, size) ? ["quota Cinder's gigabytes"] : []),
        ]);
      }),
    );
  });
});
