import { isDeepStrictEqual } from "node:util";

/** Whether two values are the same once they have gone over the wire, where nothing is undefined. */
export function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(wire(a), wire(b));
}

function wire(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
