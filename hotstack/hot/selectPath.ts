import { isMap, type Value } from "../values";

/** What stands at a path of keys and indexes; undefined where there is nothing. */
export function selectPath(
  value: Value,
  path: readonly Value[],
  { canParseIndex }: { canParseIndex: boolean },
): Value | undefined {
  let found: Value | undefined = value;
  for (const key of path) {
    if (found === undefined) return undefined;
    found = step(found, key, canParseIndex);
  }
  return found;
}

function step(value: Value, key: Value, canParseIndex: boolean): Value | undefined {
  if (isMap(value)) {
    const name = typeof key === "number" ? String(key) : key;
    return typeof name === "string" && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (!Array.isArray(value) && typeof value !== "string") return undefined;
  const isIndex = typeof key === "number" || (canParseIndex && typeof key === "string");
  const index = isIndex ? Number(key) : NaN;
  if (!Number.isInteger(index)) return undefined;
  return typeof value === "string" ? Array.from(value).at(index) : value.at(index);
}
