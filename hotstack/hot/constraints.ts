import type { Place } from "../problems";
import { Float, isEqual, isMap, shown, type Value } from "../values";
import type { Entry, MapNode, Node } from "../yaml/readYaml";
import { literal, type ParameterType } from "./parameters";

/** A constraint that a value breaks, or one that is wrong itself. */
export interface Broken {
  place: Place;
  text: string;
  /** True when the constraint is wrong, not the value. */
  isSchema: boolean;
}

type Check = (value: Value, limit: Value, type: ParameterType) => string | undefined;

/** Source: Heat `engine/constraints.py`. */
const checks: Record<string, Check> = {
  allowed_values: (value, limit) => {
    if (!Array.isArray(limit)) throw new TypeError("must be a list");
    const isAllowed = (it: Value) => limit.some((allowed) => isSame(it, allowed));
    return (Array.isArray(value) ? value.every(isAllowed) : isAllowed(value))
      ? undefined
      : `must be one of ${limit.map(shown).join(", ")}`;
  },
  length: (value, limit) => {
    const length = lengthOf(value);
    return length === undefined ? undefined : outside(length, limit, "its length must be");
  },
  range: (value, limit) => {
    const number = numberOf(value);
    return number === undefined ? undefined : outside(number, limit, "must be");
  },
  modulo: (value, limit) => {
    const { step, offset } = isMap(limit) ? limit : {};
    const [by, rest] = [numberOf(step ?? null), numberOf(offset ?? null)];
    if (by === undefined || rest === undefined || by === 0) {
      throw new TypeError("needs a step, which is not 0, and an offset");
    }
    return (numberOf(value) ?? 0) % by === rest
      ? undefined
      : `must be a multiple of ${by} with an offset of ${rest}`;
  },
  allowed_pattern: (value, limit) => {
    if (typeof limit !== "string") throw new TypeError("must be a string");
    const pattern = patternOf(limit);
    if (typeof value !== "string") return undefined;
    return pattern.test(value) ? undefined : `must match ${limit}`;
  },
  // Whether an image or a network of that name exists is for the cloud to say.
  custom_constraint: () => undefined,
};

/** Everything about a value that its parameter's constraints do not allow. */
export function checkConstraints(
  constraints: Entry | undefined,
  value: Value,
  type: ParameterType,
): Broken[] {
  if (constraints === undefined) return [];
  const { node } = constraints;
  if (node.kind !== "list") return [schemaFault(constraints.place, "constraints must be a list")];
  return node.items.flatMap((item) =>
    item.kind === "map"
      ? checkOne(item, value, type)
      : [schemaFault(item.place, "a constraint must be a map")],
  );
}

function checkOne(constraint: MapNode, value: Value, type: ParameterType): Broken[] {
  const known = Object.keys(checks);
  const named = [...constraint.entries].filter(([key]) => key !== "description");
  const [entry] = named;
  if (entry === undefined || named.length > 1 || !known.includes(entry[0])) {
    const text = `a constraint must be one of ${known.join(", ")}`;
    return [schemaFault(constraint.place, text)];
  }
  const [name, { node, place }] = entry;
  return runCheck(name, node, place, () => checks[name]?.(value, literal(node) ?? null, type));
}

function runCheck(
  name: string,
  node: Node,
  place: Place,
  check: () => string | undefined,
): Broken[] {
  try {
    const text = check();
    return text === undefined ? [] : [{ place: node.place, text, isSchema: false }];
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error;
    return [schemaFault(place, `the constraint ${name} ${error.message}`)];
  }
}

function schemaFault(place: Place, text: string): Broken {
  return { place, text, isSchema: true };
}

/** A template may write a number that a string parameter allows without quotes. */
function isSame(value: Value, allowed: Value): boolean {
  return (
    isEqual(value, allowed) ||
    (typeof value === "string" && typeof allowed === "number" ? value === String(allowed) : false)
  );
}

function outside(value: number, limit: Value, what: string): string | undefined {
  if (!isMap(limit)) throw new TypeError("must be a map with min or max");
  const min = numberOf(limit["min"] ?? null);
  const max = numberOf(limit["max"] ?? null);
  if (min === undefined && max === undefined) throw new TypeError("needs min or max");
  if ((min === undefined || value >= min) && (max === undefined || value <= max)) return undefined;
  if (max === undefined) return `${what} at least ${min ?? ""}`;
  return min === undefined ? `${what} at most ${max}` : `${what} in the range ${min} to ${max}`;
}

function numberOf(value: Value): number | undefined {
  if (value instanceof Float) return value.value;
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
    ? Number(value)
    : undefined;
}

function lengthOf(value: Value): number | undefined {
  if (typeof value === "string") return Array.from(value).length;
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : undefined;
}

/** The whole value has to match. Python's named groups are written otherwise. */
function patternOf(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern.replaceAll("(?P<", "(?<")})$`, "u");
}
