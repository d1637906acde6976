import { table } from "../../cli/table";

describe("table", () => {
  it("makes each column as wide as its widest cell, with no spaces at line ends", () => {
    const rows = [
      ["controller", "1", "x"],
      ["m", "1000", ""],
    ];
    expect(table(["NAME", "SIZE", "WHY"], rows).split("\n")).toEqual([
      "NAME        SIZE  WHY",
      "controller  1     x",
      "m           1000",
    ]);
  });

  it("keeps a row on its line, whatever a name holds", () => {
    expect(table(["NAME"], [["a\nb\u001B[0m"]])).toBe("NAME\na\uFFFDb\uFFFD[0m");
  });
});
