import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { InputError } from "../../common/errors";
import { packText, unpackText } from "../../snapset/packedText";

const maxBytes = 65_535;

/** Text of so many characters that compresses to no less than it has of entropy. */
function noise(length: number): string {
  return randomBytes(Math.ceil(length / 2))
    .toString("hex")
    .slice(0, length);
}

function problemOf(properties: Readonly<Record<string, unknown>>): string {
  try {
    unpackText("p", properties, "image i");
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("it was read");
}

/** What goes into it: never a text that begins as a packed one does. */
const jsonText = fc.json({ maxDepth: 3, stringUnit: "binary" });

describe("a text as Glance properties", () => {
  it("is the text itself while that fits, and comes back", () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const packed = packText("p", text);
        expect(packed).toEqual({ p: text });
        expect(unpackText("p", packed, "image i")).toBe(text);
      }),
    );
  });

  it("comes back whatever its size and however well it compresses, no property above the limit", () => {
    const sizes = fc.record({
      plain: fc.nat({ max: 200_000 }),
      random: fc.nat({ max: 300_000 }),
      unit: fc.constantFrom("a", "ö", "€", "🙂"),
    });
    fc.assert(
      fc.property(sizes, ({ plain, random, unit }) => {
        const text = JSON.stringify([unit.repeat(plain), noise(random)]);
        const packed = packText("p", text);
        for (const part of Object.values(packed)) {
          expect(Buffer.byteLength(part)).toBeLessThanOrEqual(maxBytes);
        }
        expect(unpackText("p", packed, "image i") === text).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it("is measured in bytes, not in letters", () => {
    const quoted = (letters: number) => JSON.stringify("ö".repeat(letters));
    expect(packText("p", quoted(32_766))["p"]).toBe(quoted(32_766));
    expect(packText("p", quoted(32_767))["p"]).toMatch(/^gzip:/);
  });

  it("is compressed from the first byte that is too many, and cut when that is not enough", () => {
    expect(packText("p", "a".repeat(maxBytes))).toEqual({ p: "a".repeat(maxBytes) });
    expect(packText("p", "a".repeat(maxBytes + 1))["p"]).toMatch(/^gzip:/);
    const packed = packText("p", noise(200_000));
    expect(Object.keys(packed)).toEqual(["p", "p_2", "p_3"]);
    expect(packed["p"]).toMatch(/^parts:3:gzip:/);
  });

  it("is cut into 32 parts at most; more is refused, with its size", () => {
    const largest = noise(2_860_000);
    const packed = packText("p", largest);
    expect(Object.keys(packed)).toHaveLength(32);
    expect(unpackText("p", packed, "image i") === largest).toBe(true);
    const tooLarge = () => packText("p", noise(3_000_000));
    expect(tooLarge).toThrow(RangeError);
    expect(tooLarge).toThrow(
      /^p has 21\d{5} bytes even compressed; 32 Glance properties hold 2096832$/,
    );
  });
});

describe("reading it", () => {
  const packed = packText("p", noise(200_000));

  it("ignores parts that a longer text left behind", () => {
    expect(unpackText("p", { ...packed, ...packText("p", "{}") }, "image i")).toBe("{}");
  });

  it.each(["p", "p_2", "p_3"])("says which part is missing: %s", (part) => {
    const rest = Object.fromEntries(Object.entries(packed).filter(([key]) => key !== part));
    expect(problemOf(rest)).toBe(`image i: p cannot be read: ${part} is missing`);
  });

  it("takes nothing but text for a part", () => {
    expect(problemOf({ p: 1 })).toBe("image i: p cannot be read: p is missing");
    expect(problemOf({ ...packed, p_2: null })).toBe("image i: p cannot be read: p_2 is missing");
  });

  it("says that a part is garbled", () => {
    const { p = "" } = packed;
    expect(problemOf({ p: "gzip:" })).toBe("image i: p cannot be read: unexpected end of file");
    expect(problemOf({ p: "gzip:AAAA" })).toBe("image i: p cannot be read: incorrect header check");
    expect(problemOf({ ...packed, p: `${p.slice(0, 100)}AAAA${p.slice(104)}` })).toMatch(
      /^image i: p cannot be read: /,
    );
    expect(problemOf({ ...packed, p_3: packed["p_3"]?.slice(0, -8) })).toBe(
      "image i: p cannot be read: unexpected end of file",
    );
  });
});
