import { nearestHint, nearestNames } from "../../common/nearest";

describe("nearestHint", () => {
  it("names what was probably meant", () => {
    expect(nearestHint("get_parm", ["get_attr", "get_param"])).toBe("; the nearest is get_param");
  });

  it("is silent when nothing is near", () => {
    expect(nearestHint("repeat", ["get_attr"])).toBe("");
  });
});

describe("nearestNames", () => {
  it("gives mistyped names first, then those that hold it or are held in it", () => {
    const known = ["private", "the-public-net", "pubic", "Public"];
    expect(nearestNames("public", known)).toEqual(["pubic", "Public", "the-public-net"]);
    expect(nearestNames("rhel-9.4-x86_64", ["fedora", "rhel-9"])).toEqual(["rhel-9"]);
  });

  it("gives at most as many as asked for", () => {
    expect(nearestNames("a1", ["a2", "a3", "a4", "a5"], 2)).toEqual(["a2", "a3"]);
  });

  it("gives none where none is near, and never a nameless one", () => {
    expect(nearestNames("public", ["fast", "slow", ""])).toEqual([]);
  });
});
