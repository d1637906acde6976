import fc from "fast-check";
import { HostLimits } from "../../../snapset/capture/hostLimits";

const answer = fc.record({
  host: fc.constantFrom("host0", "host1"),
  isAccepted: fc.boolean(),
  underWay: fc.nat({ max: 8 }),
});
const most = fc.integer({ min: 1, max: 8 });

describe("the limit of a host", () => {
  it("is the most until it refuses", () => {
    const limits = new HostLimits(5);
    limits.accepted("host0");
    expect(limits.limitOf("host0")).toBe(5);
  });

  it("is halved by each refusal, of that host alone", () => {
    const limits = new HostLimits(8);
    limits.refused("host0", 8);
    expect(limits.limitOf("host0")).toBe(4);
    limits.refused("host0", 4);
    expect(limits.limitOf("host0")).toBe(2);
    expect(limits.limitOf("host1")).toBe(8);
  });

  it("is half of what was under way, when that was less", () => {
    const limits = new HostLimits(8);
    limits.refused("host0", 3);
    expect(limits.limitOf("host0")).toBe(2);
  });

  it("rises by one after as many accepted requests as it is itself", () => {
    const limits = new HostLimits(4);
    limits.refused("host0", 4);
    const seen = Array.from({ length: 6 }, () => {
      limits.accepted("host0");
      return limits.limitOf("host0");
    });
    expect(seen).toEqual([2, 3, 3, 3, 4, 4]);
  });

  it("starts to count anew when it is refused in between", () => {
    const limits = new HostLimits(4);
    limits.refused("host0", 4);
    limits.accepted("host0");
    limits.refused("host0", 4);
    expect(limits.limitOf("host0")).toBe(1);
    limits.accepted("host0");
    limits.accepted("host0");
    expect(limits.limitOf("host0")).toBe(2);
  });

  it("is never below 1 nor above the most, and a refusal never raises it", () => {
    fc.assert(
      fc.property(most, fc.array(answer), (highest, answers) => {
        const limits = new HostLimits(highest);
        for (const { host, isAccepted, underWay } of answers) {
          const before = limits.limitOf(host);
          if (isAccepted) limits.accepted(host);
          else limits.refused(host, underWay);
          const after = limits.limitOf(host);
          expect(after).toBeGreaterThanOrEqual(1);
          expect(after).toBeLessThanOrEqual(highest);
          if (!isAccepted) expect(after).toBeLessThanOrEqual(before);
        }
      }),
    );
  });

  it("comes back to the most, whatever was refused before", () => {
    fc.assert(
      fc.property(most, fc.array(answer), (highest, answers) => {
        const limits = new HostLimits(highest);
        for (const { underWay } of answers) limits.refused("host0", underWay);
        const needed = (highest * (highest - 1)) / 2;
        for (let i = 0; i < needed; i += 1) limits.accepted("host0");
        expect(limits.limitOf("host0")).toBe(highest);
      }),
    );
  });
});
