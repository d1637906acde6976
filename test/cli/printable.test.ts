import { formatBytes, formatTime, printable } from "../../cli/printable";

describe("printable", () => {
  it("leaves words of any script alone", () => {
    expect(printable("nœud-1 マスター é")).toBe("nœud-1 マスター é");
  });

  it("takes from an image's name what a terminal would obey", () => {
    expect(printable("a\u001B[2Jb\u202Ec\nd")).toBe("a\uFFFD[2Jb\uFFFDc\uFFFDd");
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [9_949, "9.9 kB"],
    [9_950, "10 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [3_221_225_472, "3.2 GB"],
    [2_500_000_000_000_000, "2500 TB"],
  ])("writes %d as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("formatTime", () => {
  it("keeps whole seconds and the zone", () => {
    expect(formatTime("2026-11-21T10:00:00.123Z")).toBe("2026-11-21 10:00:00Z");
    expect(formatTime("2026-11-21T10:00:00Z")).toBe("2026-11-21 10:00:00Z");
  });
});
