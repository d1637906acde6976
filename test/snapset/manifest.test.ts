import fc from "fast-check";
import { decodeManifest, encodeManifest } from "../../snapset/manifest";
import { manifestOf } from "./arbitraries";

describe("manifest", () => {
  it("is plain JSON while it fits a Glance property", () => {
    const manifest = manifestOf("AbCdEf12");
    expect(encodeManifest(manifest)).toBe(JSON.stringify(manifest));
  });

  it("comes back as it was, at any size that fits", () => {
    const manifest = fc
      .record({
        words: fc.array(fc.lorem(), { maxLength: 50 }),
        repeat: fc.integer({ min: 1, max: 80 }),
      })
      .map(({ words, repeat }) =>
        manifestOf("AbCdEf12", { environment: Array.from({ length: repeat }, () => words) }),
      );
    fc.assert(
      fc.property(manifest, (data) => {
        const text = encodeManifest(data);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_535);
        expect(decodeManifest(text, "image")).toEqual(data);
      }),
    );
  });

  it("refuses to be cut", () => {
    const noise = Array.from({ length: 20_000 }, (_, i) => Math.sin(i));
    expect(() => encodeManifest(manifestOf("AbCdEf12", { environment: noise }))).toThrow(
      /^the manifest of AbCdEf12 has \d+ bytes even compressed; a Glance property holds 65535$/,
    );
  });

  it("names what is wrong with a manifest of others", () => {
    expect(() => decodeManifest('{"schemaVersion":1}', "image i")).toThrow(
      /^image i: 8 problems\n/,
    );
    expect(() => decodeManifest("null", "image i")).toThrow(
      "image i: Invalid input: expected object, received null",
    );
  });
});
