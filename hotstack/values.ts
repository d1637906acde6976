import { inspect } from "node:util";

/** A number that Python writes with a point, also where JavaScript would not: `1.0`. */
export class Float {
  constructor(readonly value: number) {}
}

/** What only the cloud can tell: an id, an address that Neutron chooses. */
export class Unknown {
  /**
   * @param resource the resource that has it
   * @param attribute `id`, or an attribute's name
   */
  constructor(
    readonly resource: string,
    readonly attribute: string,
  ) {}

  /** What a function makes of it; what was refused stays refused. */
  madeBy(name: string): Unknown {
    return this.resource === "" ? this : new Unknown(this.resource, `${name} of ${this.attribute}`);
  }

  toString(): string {
    return this.attribute === "id"
      ? `the id of ${this.resource}`
      : `${this.attribute} of ${this.resource}`;
  }
}

/** What a template or a variable holds once it is read, as Python would have it. */
export type Value =
  null | boolean | number | bigint | string | Float | Unknown | Value[] | ValueMap;

export interface ValueMap {
  [key: string]: Value;
}

export function isMap(value: unknown): value is ValueMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Float) &&
    !(value instanceof Unknown)
  );
}

/** The first thing in a value that only the cloud can tell, however deep. */
export function unknownIn(value: Value): Unknown | undefined {
  if (value instanceof Unknown) return value;
  const parts = Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [];
  for (const part of parts) {
    const found = unknownIn(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether two values are equal, as Python's `==` has it. */
export function isEqual(a: Value, b: Value): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => isEqual(item, b[i] ?? null));
  }
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => key in b && isEqual(a[key] ?? null, b[key] ?? null))
    );
  }
  return plain(a) === plain(b);
}

/** Python counts True as 1, and 1.0 as 1. */
function plain(value: Value): unknown {
  if (value instanceof Float) return value.value;
  return typeof value === "boolean" ? Number(value) : value;
}

/** A value for a message: on one line, cut when it is long. */
export function shown(value: Value): string {
  if (value instanceof Unknown) return value.toString();
  if (value instanceof Float) return String(value.value);
  if (typeof value === "bigint") return String(value);
  const text = inspect(value, { breakLength: Infinity, depth: 2 });
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What a value is, in the words of a template. */
export function kindOf(value: Value): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "a string";
  if (typeof value === "boolean") return "a boolean";
  if (value instanceof Unknown) return value.toString();
  return isMap(value) ? "a map" : "a number";
}
