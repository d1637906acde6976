import { createHash, getHashes } from "node:crypto";
import { byCodePoint, pythonJson, pythonText } from "../python";
import { isEqual, isMap, kindOf, type Value, type ValueMap } from "../values";
import { makeUrl } from "./makeUrl";
import { Misuse } from "./Misuse";
import { repeat } from "./repeat";
import { rankOf } from "./versions";

/** An intrinsic function whose arguments are resolved before it is called. */
export interface HotFunction {
  /** Rank of the first version that has it. */
  since: number;
  /** Whether parts that only the cloud knows may stay as they are inside of what it makes. */
  keepsUnknown?: boolean;
  apply: (args: Value, version: number) => Value;
}

const at = (version: string, apply: HotFunction["apply"], keepsUnknown = false): HotFunction => ({
  since: rankOf(version),
  apply,
  keepsUnknown,
});

/** Source: Heat `engine/hot/functions.py` and the tables in `engine/hot/template.py`. */
export const functions: ReadonlyMap<string, HotFunction> = new Map([
  ["str_replace", at("2013-05-23", strReplace({ isStrict: false, canBeEmpty: true }))],
  ["str_replace_strict", at("ocata", strReplace({ isStrict: true, canBeEmpty: true }))],
  ["str_replace_vstrict", at("pike", strReplace({ isStrict: true, canBeEmpty: false }))],
  ["str_split", at("2015-10-15", strSplit)],
  ["list_join", at("2013-05-23", listJoin)],
  ["list_concat", at("pike", listConcat, true)],
  ["list_concat_unique", at("pike", (args) => unique(listConcat(args)))],
  ["filter", at("ocata", filter)],
  ["contains", at("pike", contains)],
  ["map_merge", at("2016-04-08", mapMerge, true)],
  ["map_replace", at("newton", mapReplace, true)],
  ["repeat", at("2015-04-30", repeat)],
  ["digest", at("2015-04-30", digest)],
  ["make_url", at("pike", makeUrl)],
]);

/** Those of a Heat that have no meaning, or no implementation, outside of it. */
export const unsupportedFunctions: ReadonlyMap<string, string> = new Map([
  ["yaql", "yaql expressions are not supported"],
  ["resource_facade", "there are no nested stacks here"],
]);

function strReplace({ isStrict, canBeEmpty }: { isStrict: boolean; canBeEmpty: boolean }) {
  return (args: Value, version: number): string => {
    const { template, params } = isMap(args) ? args : {};
    if (typeof template !== "string") throw new Misuse("needs a template, which is a string");
    if (!isMap(params)) throw new Misuse("needs params, which are a map");
    const texts = new Map(
      Object.entries(params).map(([key, value]) => [
        key,
        replacement(key, value, canBeEmpty, version),
      ]),
    );
    // Longer ones first, so that $ip1 does not take the place of $ip10.
    const keys = [...texts.keys()].sort((a, b) => b.length - a.length || byCodePoint(a, b));
    const missing = keys.filter((key) => !template.includes(key));
    if (isStrict && missing.length > 0) {
      throw new Misuse(`the template does not hold ${missing.join(", ")}`);
    }
    return replaceAll(template, keys, texts);
  };
}

/** What was put in is not looked at again: each key splits what the ones before it left. */
function replaceAll(
  text: string,
  [key, ...rest]: readonly string[],
  texts: ReadonlyMap<string, string>,
): string {
  if (key === undefined) return text;
  const parts = key === "" ? [text] : text.split(key);
  return parts.map((part) => replaceAll(part, rest, texts)).join(texts.get(key) ?? "");
}

function replacement(key: string, value: Value, canBeEmpty: boolean, version: number): string {
  const text = replacementText(key, value, version);
  const isEmpty = text === "" || (Array.isArray(value) && value.length === 0);
  if (isEmpty && !canBeEmpty) throw new Misuse(`the param ${key} is empty`);
  return text;
}

function replacementText(key: string, value: Value, version: number): string {
  if (value === null) return "";
  if (!Array.isArray(value) && !isMap(value)) return pythonText(value);
  if (version >= rankOf("2015-10-15")) return pythonJson(value, true);
  throw new Misuse(`the param ${key} must be a string or a number, got ${kindOf(value)}`);
}

function strSplit(args: Value): Value {
  const [delimiter, text, index] = Array.isArray(args) ? args : [];
  if (typeof delimiter !== "string" || delimiter === "") {
    throw new Misuse("needs a list of a delimiter, a string and perhaps an index");
  }
  if (text === null) return null;
  if (typeof text !== "string") throw new Misuse("needs a string to split");
  const parts = text.split(delimiter);
  if (index === undefined) return parts;
  const position = typeof index === "number" || typeof index === "string" ? Number(index) : NaN;
  const part = Number.isInteger(position) ? parts.at(position) : undefined;
  if (part === undefined) throw new Misuse(`the index must be 0 to ${parts.length - 1}`);
  return part;
}

function listJoin(args: Value, version: number): string {
  const [delimiter, ...lists] = Array.isArray(args) ? args : [];
  if (typeof delimiter !== "string" || lists.length === 0) {
    throw new Misuse("needs a list of a delimiter and a list of strings");
  }
  if (lists.length > 1 && version < rankOf("2015-10-15")) {
    throw new Misuse("joins one list only before version 2015-10-15");
  }
  const items = lists.flatMap((list) => {
    if (list === null) return [];
    if (!Array.isArray(list)) throw new Misuse(`must join a list, got ${kindOf(list)}`);
    return list;
  });
  return items.map((item) => joinable(item, version)).join(delimiter);
}

function joinable(item: Value, version: number): string {
  if (item === null) return "";
  if (typeof item === "string") return item;
  const isJson = Array.isArray(item) || isMap(item);
  if (isJson && version >= rankOf("2015-10-15")) return pythonJson(item, true);
  throw new Misuse(`items must be strings, got ${kindOf(item)}`);
}

function listConcat(args: Value): Value[] {
  if (!Array.isArray(args)) throw new Misuse("needs a list of lists");
  return args.flatMap((list) => {
    if (list === null) return [];
    if (!Array.isArray(list)) throw new Misuse(`items must be lists, got ${kindOf(list)}`);
    return list;
  });
}

function unique(items: readonly Value[]): Value[] {
  return items.filter((item, i) => items.findIndex((other) => isEqual(item, other)) === i);
}

function filter(args: Value): Value {
  const [values, list] = Array.isArray(args) && args.length === 2 ? args : [undefined, undefined];
  if (!Array.isArray(values) || !Array.isArray(list)) {
    throw new Misuse("needs a list of two lists: values, and the list to take them from");
  }
  return list.filter((item) => !values.some((value) => isEqual(item, value)));
}

export function contains(args: Value): boolean {
  const [value, sequence] = Array.isArray(args) && args.length === 2 ? args : [];
  if (typeof sequence === "string" && typeof value === "string") return sequence.includes(value);
  if (!Array.isArray(sequence) || value === undefined) {
    throw new Misuse("needs a list of a value and a list");
  }
  return sequence.some((item) => isEqual(item, value));
}

function mapMerge(args: Value): ValueMap {
  if (!Array.isArray(args)) throw new Misuse("needs a list of maps");
  return Object.fromEntries(args.flatMap((item) => Object.entries(mapOrNothing(item))));
}

function mapOrNothing(value: Value | undefined): ValueMap {
  if (value === null || value === undefined) return {};
  if (!isMap(value)) throw new Misuse(`needs maps, got ${kindOf(value)}`);
  return value;
}

function mapReplace(args: Value): ValueMap {
  if (!Array.isArray(args) || args.length !== 2) {
    throw new Misuse("needs a list of a map, and a map with keys and values to replace");
  }
  const input = mapOrNothing(args[0]);
  const wanted = mapOrNothing(args[1]);
  const others = Object.keys(wanted).filter((key) => key !== "keys" && key !== "values");
  if (others.length > 0) throw new Misuse(`takes keys and values, not ${others.join(", ")}`);
  const [keys, values] = [mapOrNothing(wanted["keys"]), mapOrNothing(wanted["values"])];
  const result = new Map<string, Value>();
  for (const [key, value] of Object.entries(input)) {
    const renamed = keys[key] ?? null;
    const name = renamed === null ? key : pythonText(renamed);
    if (renamed !== null && ((name in input && name !== key) || result.has(name))) {
      throw new Misuse(`the new key ${name} is there already`);
    }
    const isSimple = !Array.isArray(value) && !isMap(value);
    result.set(name, isSimple ? (values[pythonText(value)] ?? value) : value);
  }
  return Object.fromEntries(result);
}

function digest(args: Value): string {
  const [algorithm, value] = Array.isArray(args) && args.length === 2 ? args : [];
  if (typeof algorithm !== "string" || typeof value !== "string") {
    throw new Misuse("needs a list of an algorithm and a string");
  }
  if (!getHashes().includes(algorithm.toLowerCase())) {
    throw new Misuse(`there is no algorithm ${algorithm}`);
  }
  if (/[^\0-\xff]/.test(value)) throw new Misuse("takes only text in Latin-1");
  return createHash(algorithm.toLowerCase()).update(Buffer.from(value, "latin1")).digest("hex");
}
