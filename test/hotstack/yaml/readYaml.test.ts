import { literal } from "../../../hotstack/hot/parameters";
import { Problems } from "../../../hotstack/problems";
import { readYaml } from "../../../hotstack/yaml/readYaml";

function refusals(text: string): string {
  const problems = new Problems();
  expect(readYaml(text, "t.yaml", problems)).toBeUndefined();
  try {
    problems.throwIfAny("subject");
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("readYaml", () => {
  it("knows the line and column of each part", () => {
    const node = readYaml("a:\n  - b: 1\n", "t.yaml", new Problems());
    const list = node?.kind === "map" ? node.entries.get("a")?.node : undefined;
    expect(list?.kind === "list" ? list.items[0]?.place : undefined).toEqual({
      file: "t.yaml",
      line: 2,
      column: 5,
    });
  });

  it("keeps dates as text, as Heat does", () => {
    const node = readYaml("v: 2018-08-31", "t.yaml", new Problems());
    expect(literal(node)).toEqual({ v: "2018-08-31" });
  });

  it("tells line and column of each syntax error", () => {
    expect(refusals("a: [1, 2\nb: }\n")).toMatch(
      /^subject: \d problems\n {2}- t\.yaml line 2: column \d+: /,
    );
  });

  it("refuses a key that is given twice", () => {
    expect(refusals("a: 1\nb: 2\na: 3\n")).toBe(
      "subject: t.yaml line 3: column 1: Map keys must be unique",
    );
  });

  it("refuses a file of a megabyte", () => {
    expect(refusals(`a: ${"x".repeat(1_000_000)}`)).toBe(
      "subject: t.yaml line 1: has 1000003 bytes; at most 524288 are read, as in Heat",
    );
  });

  it.each([
    ["lists", "[".repeat(150) + "]".repeat(150)],
    ["more lists than the stack holds", "- ".repeat(50_000)],
    [
      "an alias deep in others",
      `a: &a ${"[".repeat(60)}${"]".repeat(60)}\nb: ${"[".repeat(60)}*a${"]".repeat(60)}`,
    ],
  ])("refuses what is nested too deeply: %s", (_, text) => {
    expect(refusals(text)).toMatch(/^subject: t\.yaml line \d: is nested deeper than 100 levels$/);
  });

  it("refuses aliases that grow without measure", () => {
    const laughs = Array.from(
      { length: 9 },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(",")}]`,
    );
    expect(refusals(["a0: &a0 [1,1,1,1,1,1,1,1,1]", ...laughs].join("\n"))).toBe(
      "subject: t.yaml line 6: holds more than 200000 values with its aliases written out",
    );
  });

  it("refuses an alias inside of its own anchor, and one without an anchor", () => {
    expect(refusals("a: &x [*x]")).toBe(
      "subject: t.yaml line 1: an alias stands inside of its own anchor",
    );
    expect(refusals("a: *x")).toBe("subject: t.yaml line 1: there is no anchor x");
  });

  it("refuses tags and keys that JSON cannot hold", () => {
    expect(refusals("a: !!binary aGk=")).toBe(
      "subject: t.yaml line 1: the tag tag:yaml.org,2002:binary is not supported",
    );
    expect(refusals("[a, b]: c")).toBe("subject: t.yaml line 1: a key must be text");
  });
});
