import { pythonText } from "../python";
import { isMap, kindOf, type Value, type ValueMap } from "../values";
import { JinjaFault } from "./tokens";

type Filter = (value: Value, args: readonly Value[], named: Readonly<ValueMap>) => Value;

/** The filters that variables may use, beside `default`. */
export const filters: Readonly<Record<string, Filter>> = {
  bool: (value) =>
    typeof value === "boolean" ? value : /^(?:yes|on|1|true)$/i.test(pythonText(value)),
  string: (value) => pythonText(value),
  int: (value) => Math.trunc(Number(pythonText(value))) || 0,
  lower: (value) => pythonText(value).toLowerCase(),
  upper: (value) => pythonText(value).toUpperCase(),
  trim: (value) => pythonText(value).trim(),
  replace: (value, [from, to]) =>
    pythonText(value).replaceAll(pythonText(from ?? ""), () => pythonText(to ?? "")),
  join: (value, [separator]) =>
    listOf(value)
      .map(pythonText)
      .join(pythonText(separator ?? "")),
  split: (value, [separator]) =>
    separator === undefined
      ? pythonText(value).trim().split(/\s+/)
      : pythonText(value).split(pythonText(separator)),
  first: (value) => listOf(value)[0] ?? null,
  last: (value) => listOf(value).at(-1) ?? null,
  length: (value) => (isMap(value) ? Object.keys(value).length : listOf(value).length),
  basename: (value) => pythonText(value).split("/").at(-1) ?? "",
  dirname: (value) => pythonText(value).split("/").slice(0, -1).join("/"),
  combine: (value, args, { recursive }) =>
    [value, ...args].reduce((into, other) => combine(into, other, recursive === true)),
};

function listOf(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return Array.from(value);
  throw new JinjaFault(`needs a list, got ${kindOf(value)}`);
}

/** Ansible's `combine`: what comes later goes before; lists are replaced. */
export function combine(into: Value, other: Value, isRecursive: boolean): ValueMap {
  if (!isMap(into) || !isMap(other)) {
    throw new JinjaFault(`combine needs maps, got ${kindOf(isMap(into) ? other : into)}`);
  }
  const merged = Object.entries(other).map(([key, value]) => {
    const before = into[key] ?? null;
    const isDeep = isRecursive && isMap(before) && isMap(value);
    return [key, isDeep ? combine(before, value, true) : value] as const;
  });
  return { ...into, ...Object.fromEntries(merged) };
}
