import fc from "fast-check";
import { judgeStop } from "../../../snapset/capture/stopEvidence";

describe("how a server went down", () => {
  it("was graceful when it took less than Nova waits", () => {
    expect(judgeStop(12.5, 60_000)).toEqual({ stop: "graceful", seconds: 12.5 });
  });

  it("is not called graceful at Nova's time-out, when Nova pulls the plug", () => {
    expect(judgeStop(60, 60_000)).toEqual({ stop: "forced", seconds: 60 });
  });

  it("was forced where Nova does not wait at all", () => {
    expect(judgeStop(0, 0)).toEqual({ stop: "forced", seconds: 0 });
  });

  it("is never better for having taken longer", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (seconds, more, timeoutMs) => {
        if (judgeStop(seconds, timeoutMs).stop === "graceful") return;
        expect(judgeStop(seconds + more, timeoutMs).stop).toBe("forced");
      }),
    );
  });
});
