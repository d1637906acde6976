import { goDuration, rfc3339 } from "../../../sandbox/kubevirt/times";

test.each([
  ["5m0s", 300_000],
  ["1h2m3.5s", 3_723_500],
  ["250ms", 250],
  ["0", 0],
  ["", undefined],
  ["5", undefined],
  ["5 minutes", undefined],
])("the duration %p is %p ms", (text, ms) => {
  expect(goDuration(text)).toBe(ms);
});

test("times have whole seconds", () => {
  expect(rfc3339(Date.parse("2026-01-05T08:00:00.999Z"))).toBe("2026-01-05T08:00:00Z");
});
