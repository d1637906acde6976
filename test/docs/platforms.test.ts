import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

interface Row {
  sentence: string;
  test: string;
}

/** The rows of the tables under "What is tested". */
function rows(): Row[] {
  const text = readFileSync(join(root, "docs", "platforms.md"), "utf8");
  const [, tables = ""] = text.split("\n## What is tested\n");
  return [...tables.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)]
    .map(([, sentence = "", test = ""]) => ({ sentence, test }))
    .filter(({ sentence }) => !/^(sentence|-+)$/.test(sentence));
}

/** What a row names and is not there: as `file: beginning of a test's name`. */
function missingOf({ sentence, test }: Row): string[] {
  if (test.startsWith("no test")) return test.length > 10 ? [] : [`${sentence}: why no test?`];
  let file = "";
  return test.split("<br>").flatMap((part) => {
    const named = /^`([\w./-]+\.ts)`: (.*)$/.exec(part);
    file = named?.[1] ?? file;
    const name = (named?.[2] ?? part).replace(/…$/, "");
    const source = readFileSync(join(root, "test", file), "utf8");
    return ['"', "'", "`"].some((quote) => source.includes(quote + name))
      ? []
      : [`${file}: ${name}`];
  });
}

describe("the tables of docs/platforms.md", () => {
  it("are read", () => {
    expect(rows().length).toBeGreaterThan(80);
  });

  it("name tests that there are, or say why there is none", () => {
    expect(rows().flatMap(missingOf)).toEqual([]);
  });
});
