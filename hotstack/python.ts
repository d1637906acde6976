import { Float, isMap, Unknown, type Value } from "./values";

/** A value's text as Python's `str` gives it: `True`, `None`, `1.0`. */
export function pythonText(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value instanceof Float) return floatText(value.value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).map(
      ([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`,
    );
    return `{${entries.join(", ")}}`;
  }
  return String(value);
}

function pythonRepr(value: Value): string {
  if (typeof value !== "string") return pythonText(value);
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = value
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}

/** Python's `repr` of a float: the shortest that reads back, with a point or an exponent. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = "", exponent = "0"] = value.toExponential().split("e");
    const power = Number(exponent);
    return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** `json.dumps` with its default separators, ASCII only. */
export function pythonJson(value: Value, sortKeys: boolean): string {
  if (value instanceof Unknown)
    throw new TypeError(`${value.toString()} cannot be written as JSON`);
  if (Array.isArray(value)) {
    return `[${value.map((item) => pythonJson(item, sortKeys)).join(", ")}]`;
  }
  if (value instanceof Float) return floatText(value.value);
  if (typeof value === "bigint") return String(value);
  if (isMap(value)) {
    const keys = sortKeys ? Object.keys(value).sort(byCodePoint) : Object.keys(value);
    const entries = keys.map(
      (key) => `${asciiJson(key)}: ${pythonJson(value[key] ?? null, sortKeys)}`,
    );
    return `{${entries.join(", ")}}`;
  }
  return asciiJson(value);
}

function asciiJson(value: string | number | boolean | null): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The order in which Python sorts strings. */
export function byCodePoint(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
