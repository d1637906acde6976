import { gunzipSync, gzipSync } from "node:zlib";
import { InputError } from "../common/errors";

/** Glance answers an HTTP 500 to a property of more bytes. */
const maxPropertyBytes = 65_535;
/** Of Glance's 128 properties of an image, those that one text may take. */
const maxParts = 32;
const gzipPrefix = "gzip:";

/**
 * A long text as Glance properties: as it is, or `gzip:` and base64 where that is too long for one
 * property, or that cut into parts, of which the first begins with their number: `parts:3:`.
 *
 * @param property the name of the first one; the others are `<property>_2`, …
 * @throws {RangeError} when it does not even fit so
 */
export function packText(property: string, text: string): Record<string, string> {
  if (Buffer.byteLength(text) <= maxPropertyBytes) return { [property]: text };
  const packed = gzipPrefix + gzipSync(text, { level: 9 }).toString("base64");
  if (packed.length <= maxPropertyBytes) return { [property]: packed };
  const partBytes = maxPropertyBytes - "parts:99:".length;
  const count = Math.ceil(packed.length / partBytes);
  if (count > maxParts) {
    throw new RangeError(
      `${property} has ${packed.length} bytes even compressed; ` +
        `${maxParts} Glance properties hold ${maxParts * partBytes}`,
    );
  }
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => {
      const part = packed.slice(i * partBytes, (i + 1) * partBytes);
      return [partOf(property, i), i === 0 ? `parts:${count}:${part}` : part];
    }),
  );
}

/**
 * The text that {@link packText} made properties of.
 *
 * @param source names the image; stands in front of the problem
 * @throws {InputError} when a part is missing or garbled
 */
export function unpackText(
  property: string,
  properties: Readonly<Record<string, unknown>>,
  source: string,
): string {
  try {
    const packed = joinParts(property, properties);
    if (!packed.startsWith(gzipPrefix)) return packed;
    return gunzipSync(Buffer.from(packed.slice(gzipPrefix.length), "base64")).toString("utf8");
  } catch (error) {
    throw new InputError(source, [`${property} cannot be read: ${(error as Error).message}`]);
  }
}

function joinParts(property: string, properties: Readonly<Record<string, unknown>>): string {
  const read = (i: number): string => {
    const part = properties[partOf(property, i)];
    if (typeof part !== "string") throw new Error(`${partOf(property, i)} is missing`);
    return part;
  };
  const first = read(0);
  const [head, count] = /^parts:(\d+):/.exec(first) ?? [];
  if (head === undefined) return first;
  const rest = Array.from({ length: Number(count) - 1 }, (_, i) => read(i + 1));
  return [first.slice(head.length), ...rest].join("");
}

function partOf(property: string, i: number): string {
  return i === 0 ? property : `${property}_${i + 1}`;
}
