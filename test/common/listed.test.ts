import { listed } from "../../common/listed";

describe("names in a message", () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);

  it("are all there while they are few", () => {
    expect(listed([])).toBe("");
    expect(listed(names(8))).toBe("n0, n1, n2, n3, n4, n5, n6, n7");
  });

  it("are counted when they are many", () => {
    expect(listed(names(1000))).toBe("n0, n1, n2, n3, n4, n5, n6, n7, … (1000 in all)");
  });
});
