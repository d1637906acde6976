import { listing } from "../../cli/listing";
import { setView } from "./views";

describe("listing", () => {
  it("says so when there is nothing", () => {
    expect(listing([])).toBe("There are no sets.");
  });

  it("is a row for each set, with the reasons why one cannot be restored", () => {
    const sets = [
      setView(),
      setView({
        snapId: "half0000",
        notAfter: null,
        state: "refused",
        problems: ["member master0: image i2 is gone", "it belongs to project p2"],
      }),
      setView({ snapId: "zzzz0000", environment: null, notAfter: null, state: "no manifest" }),
    ];
    expect(listing(sets).split("\n")).toEqual([
      "SNAP_ID   ENVIRONMENT   CAPTURED AT           MEMBERS  SIZE   NOT AFTER             STATE",
      "AbCdEf12  snapshot-sno  2026-11-21 10:00:00Z  2        25 GB  2026-12-20 10:00:00Z  complete",
      "half0000  snapshot-sno  2026-11-21 10:00:00Z  2        25 GB  -                     member master0: image i2 is gone; it belongs to project p2",
      "zzzz0000  -             2026-11-21 10:00:00Z  2        25 GB  -                     no manifest: made by Hotstack",
    ]);
  });
});
