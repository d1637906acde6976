import { performance } from "node:perf_hooks";
import { InputError } from "../../../common/errors";
import { parseYaml } from "../../../common/yaml/parseYaml";

function problemsOf(text: string): readonly string[] {
  try {
    parseYaml("lab.yaml", text);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new Error("it was accepted");
}

const tooDeep = "is nested deeper than 100 levels";

describe("parseYaml", () => {
  it("reads YAML 1.2: yes is text, and a leading zero does not make a number octal", () => {
    expect(parseYaml("lab.yaml", "a: yes\nb: 0644\nc: &c [1, x]\nd: *c\n")).toEqual({
      ...{ a: "yes", b: 644, c: [1, "x"], d: [1, "x"] },
    });
  });

  it("tells line and column of every syntax error", () => {
    expect(problemsOf("a: [1\nb: {c: }}\n")).toEqual([
      expect.stringMatching(/^line 2, column 1: /),
      expect.stringMatching(/^line 2, column 9: /),
    ]);
    expect(problemsOf("a: 1\na: 2\n")).toEqual(["line 2, column 1: Map keys must be unique"]);
    expect(problemsOf("a: 1\n---\nb: 2\n")).toEqual(["holds several documents"]);
  });

  it("refuses what is nested too deep, flow or block, before it costs a stack", () => {
    expect(problemsOf(`a: ${"[".repeat(200_000)}`)).toEqual([
      expect.stringMatching(new RegExp(`^line 1, column \\d+: ${tooDeep}$`)),
    ]);
    const block = Array.from({ length: 150 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
    expect(problemsOf(block)).toEqual([expect.stringContaining(tooDeep)]);
    expect(parseYaml("x", `${"[".repeat(99)}${"]".repeat(99)}`)).toBeDefined();
  });

  it("refuses aliases that nest too deep, or grow too much, at once", () => {
    const chain = Array.from(
      { length: 40 },
      (_, i) => `a${i}: &a${i} ${"[".repeat(20)}${i === 0 ? "1" : `*a${i - 1}`}${"]".repeat(20)}`,
    );
    expect(problemsOf(chain.join("\n"))).toEqual([tooDeep]);
    const laughs = Array.from(
      { length: 30 },
      (_, i) =>
        `l${i}: &l${i} [${
          i === 0
            ? "ha"
            : Array(9)
                .fill(`*l${i - 1}`)
                .join(", ")
        }]`,
    );
    const begin = performance.now();
    expect(problemsOf(laughs.join("\n"))).toEqual([
      "Excessive alias count indicates a resource exhaustion attack",
    ]);
    expect(performance.now() - begin).toBeLessThan(2000);
  });

  it("reads a megabyte, and refuses what is larger than any environment", () => {
    const text = `a: ${"x".repeat(1024 * 1024)}\n`;
    expect(parseYaml("x", text)).toHaveProperty("a.length", 1024 * 1024);
    expect(problemsOf(text.repeat(5))).toEqual(["has 5242900 bytes; at most 4194304 are read"]);
  });

  it("refuses an alias without an anchor, and one inside of its own", () => {
    expect(problemsOf("a: *b\n")).toEqual([expect.stringContaining("b")]);
    expect(problemsOf("a: &a [*a]\n")).toEqual(["an alias stands inside of its own anchor, a"]);
  });
});
