import { pythonText } from "../python";
import type { Place, Problems } from "../problems";
import { Float, isMap, shown, Unknown, type Value, type ValueMap } from "../values";
import type { Entry, Node } from "../yaml/readYaml";
import { checkConstraints } from "./constraints";
import type { Definition } from "./template";

export const parameterTypes = [
  "string",
  "number",
  "boolean",
  "json",
  "comma_delimited_list",
] as const;
export type ParameterType = (typeof parameterTypes)[number];

/** The parameters of a stack, with the values that they have. */
export interface Parameters {
  /** Those that are missing or wrong are there, too, as what is not to be looked at again. */
  values: Map<string, Value>;
  /** Names of those that must not be shown. */
  hidden: Set<string>;
}

/** What stands for a value that was refused already: it is not complained about again. */
export const refused = new Unknown("", "");

/**
 * Gives each parameter of a template its value: the one given, else its default.
 *
 * Source: Heat `engine/parameters.py`, `engine/hot/parameters.py`.
 *
 * @param given the values, by name
 * @param places where each was given; `fallback` where that is not known
 */
export function resolveParameters(
  definitions: ReadonlyMap<string, Definition>,
  given: ValueMap,
  placeOf: (name: string) => Place,
  problems: Problems,
): Parameters {
  for (const name of Object.keys(given)) {
    if (definitions.has(name)) continue;
    const known = [...definitions.keys()].join(", ");
    problems.add(placeOf(name), `stack_parameters.${name}: the template has only ${known}`);
  }
  const hidden = new Set([...definitions.values()].filter(isHidden).map(({ name }) => name));
  const values = [...definitions.values()].map((definition): [string, Value] => {
    const value = given[definition.name] ?? null;
    const place = value === null ? definition.place : placeOf(definition.name);
    const it = { definition, value, place, isHidden: hidden.has(definition.name) };
    return [definition.name, resolve(it, problems)];
  });
  return { values: new Map([...values, ...pseudoParameters()]), hidden };
}

/** Heat gives these to each stack; what they are is known only to a Heat. */
function pseudoParameters(): [string, Value][] {
  return ["OS::stack_id", "OS::stack_name", "OS::project_id", "OS::region"].map((name) => [
    name,
    new Unknown("the stack", name),
  ]);
}

interface Resolution {
  definition: Definition;
  value: Value;
  place: Place;
  isHidden: boolean;
}

function resolve({ definition, value, place, isHidden }: Resolution, problems: Problems): Value {
  const { name, keys } = definition;
  const complain = (where: Place, text: string): Value => {
    problems.add(where, `parameter ${name}: ${text}`);
    return refused;
  };
  const typeEntry = keys.get("type");
  const typeName = literal(typeEntry?.node);
  const type = parameterTypes.find((it) => it === typeName);
  if (type === undefined) {
    return complain(typeEntry?.place ?? place, `type must be one of ${parameterTypes.join(", ")}`);
  }
  const wanted = value ?? literal(keys.get("default")?.node) ?? null;
  if (wanted === null) {
    return complain(place, "has no value and no default; give it in stack_parameters");
  }
  const converted = convert(wanted, type);
  const got = isHidden ? "" : `, got ${shown(wanted)}`;
  if (converted === undefined) return complain(place, `must be ${nouns[type]}${got}`);
  const broken = checkConstraints(keys.get("constraints"), converted, type);
  for (const { place: where, text, isSchema } of broken) {
    complain(isSchema ? where : place, isSchema ? text : `${text}${got}`);
  }
  return broken.length > 0 ? refused : converted;
}

const nouns: Record<ParameterType, string> = {
  string: "a string",
  number: "a number",
  boolean: "a boolean",
  json: "JSON: a map or a list",
  comma_delimited_list: "a list, or text with commas between its items",
};

/** A value of a parameter's type; undefined where it cannot be one. */
function convert(value: Value, type: ParameterType): Value | undefined {
  switch (type) {
    case "string":
      return Array.isArray(value) || isMap(value) ? undefined : pythonText(value);
    case "number":
      return toNumber(value);
    case "boolean":
      return toBoolean(value);
    case "json":
      return toJson(value);
    case "comma_delimited_list":
      return toList(value);
  }
}

export function toNumber(value: Value): Value | undefined {
  if (typeof value === "number" || typeof value === "bigint" || value instanceof Float)
    return value;
  if (
    typeof value !== "string" ||
    !/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(value)
  ) {
    return undefined;
  }
  return /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : new Float(Number(value));
}

/** The words that oslo's `bool_from_string` knows. */
export function toBoolean(value: Value): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  if (/^\s*(?:1|t|true|on|y|yes)\s*$/i.test(text)) return true;
  return /^\s*(?:0|f|false|off|n|no)\s*$/i.test(text) ? false : undefined;
}

function toJson(value: Value): Value | undefined {
  if (Array.isArray(value) || isMap(value)) return value;
  if (typeof value !== "string") return undefined;
  try {
    const parsed = JSON.parse(value) as Value;
    return Array.isArray(parsed) || isMap(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function toList(value: Value): Value | undefined {
  if (Array.isArray(value)) return value.map(pythonText);
  if (typeof value !== "string") return undefined;
  return value === "" ? [] : value.split(",");
}

function isHidden({ keys }: Definition): boolean {
  return toBoolean(literal(keys.get("hidden")?.node) ?? false) === true;
}

/** A node as it stands: defaults and constraints hold no functions. */
export function literal(node: Node | undefined): Value | undefined {
  if (node === undefined) return undefined;
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map((item) => literal(item) ?? null);
    case "map":
      return Object.fromEntries(
        [...node.entries].map(([key, entry]: [string, Entry]) => [
          key,
          literal(entry.node) ?? null,
        ]),
      );
  }
}
