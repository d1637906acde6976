import { Fault, type Place, type Problems } from "../problems";
import { isMap, Unknown, unknownIn, type Value } from "../values";
import type { MapNode, Node } from "../yaml/readYaml";
import type { Conditions } from "./Conditions";
import { functions, unsupportedFunctions } from "./functions";
import { Misuse } from "./Misuse";
import { nearestOf } from "../../common/nearest";
import { refused, type Parameters } from "./parameters";
import { selectPath } from "./selectPath";
import { rankOf, versionName } from "./versions";

/** What the functions of a template can refer to. */
export interface Scope {
  version: number;
  parameters: Parameters;
  conditions: Conditions;
  /** What `get_resource` gives: contents, or what only the cloud knows. */
  reference: (resource: string, place: Place) => Value;
  attribute: (resource: string, name: string, place: Place) => Value;
  /** The text of a file that the template names. */
  file: (path: string, place: Place) => string;
}

/** A call of a function: a map with its name as the only key. */
export interface Call {
  name: string;
  args: Node;
  place: Place;
}

const special = ["get_param", "get_resource", "get_attr", "get_file", "if"];

/** The value of an `if` that leaves out what it stands in. */
const leftOut = Symbol("left out");

/** Resolves the functions in a template's values, noting where each part of a value stood. */
export class Evaluator {
  /** Hidden parameters that were used since this was last cleared. */
  readonly hiddenUsed = new Set<string>();
  /** Parameters that were used since this was last cleared, in the order of their use. */
  readonly parametersUsed = new Set<string>();
  readonly #places = new WeakMap<object, Map<string | number, Place>>();

  constructor(
    private readonly scope: Scope,
    private readonly problems: Problems,
  ) {}

  /** The value of a node. What is wrong in it is noted, and refused from then on. */
  value(node: Node): Value {
    const value = this.#resolve(node);
    return value === leftOut ? null : value;
  }

  /** Where a part of a list or map stood; undefined for what a function made. */
  placeOf(container: Value, key: string | number): Place | undefined {
    return Array.isArray(container) || isMap(container)
      ? this.#places.get(container)?.get(key)
      : undefined;
  }

  #resolve(node: Node): Value | typeof leftOut {
    const { problems } = this;
    switch (node.kind) {
      case "scalar":
        return node.value;
      case "list":
        return this.#list(node.items);
      case "map": {
        const call = problems.attempt(() => callIn(node, this.scope.version), null);
        if (call === null) return refused;
        return call === undefined
          ? this.#map(node)
          : problems.attempt<Value | typeof leftOut>(() => this.#call(call), refused);
      }
    }
  }

  #list(items: readonly Node[]): Value {
    const kept = items
      .map((item) => ({ value: this.#resolve(item), place: item.place }))
      .filter((it): it is { value: Value; place: Place } => it.value !== leftOut);
    const list = kept.map((it) => it.value);
    this.#places.set(list, new Map(kept.map((it, i) => [i, it.place] as const)));
    return list;
  }

  #map(node: MapNode): Value {
    const kept = [...node.entries]
      .map(([key, entry]) => [key, this.#resolve(entry.node), entry.place] as const)
      .filter((it): it is readonly [string, Value, Place] => it[1] !== leftOut);
    const map = Object.fromEntries(kept.map(([key, value]) => [key, value] as const));
    this.#places.set(map, new Map(kept.map(([key, , place]) => [key, place] as const)));
    return map;
  }

  #call({ name, args, place }: Call): Value | typeof leftOut {
    switch (name) {
      case "get_param":
        return this.#param(args, place);
      case "get_resource":
        return this.#reference(args, place);
      case "get_attr":
        return this.#attribute(args, place);
      case "get_file": {
        const path = this.value(args);
        if (typeof path !== "string") throw new Fault(place, "get_file: needs a file's name");
        return this.scope.file(path, place);
      }
      case "if":
        return this.#if(args, place);
      default:
        return this.#apply(name, this.value(args), place);
    }
  }

  #apply(name: string, args: Value, place: Place): Value {
    const it = functions.get(name);
    if (it === undefined) throw new Fault(place, `${name}: is not supported`);
    const unknown = it.keepsUnknown === true ? shallowUnknown(args) : unknownIn(args);
    if (unknown !== undefined) return unknown.madeBy(name);
    try {
      return it.apply(args, this.scope.version);
    } catch (error) {
      if (!(error instanceof Misuse)) throw error;
      throw new Fault(place, `${name}: ${error.message}`);
    }
  }

  #param(args: Node, place: Place): Value {
    const resolved = this.value(args);
    if (resolved instanceof Unknown) return resolved;
    const [name, ...path] = Array.isArray(resolved) ? resolved : [resolved];
    if (typeof name !== "string") throw new Fault(place, "get_param: needs a parameter's name");
    const { values, hidden } = this.scope.parameters;
    const value = values.get(name);
    if (value === undefined) {
      const known = [...values.keys()].filter((key) => !key.startsWith("OS::")).join(", ");
      throw new Fault(place, `get_param: there is no parameter ${name}; there is ${known}`);
    }
    this.parametersUsed.add(name);
    if (hidden.has(name)) this.hiddenUsed.add(name);
    if (value instanceof Unknown) return value;
    // Heat gives an empty string for what a parameter does not hold.
    return selectPath(value, path, { canParseIndex: true }) ?? "";
  }

  #reference(args: Node, place: Place): Value {
    const name = this.value(args);
    if (typeof name !== "string") throw new Fault(place, "get_resource: needs a resource's name");
    return this.scope.reference(name, place);
  }

  #attribute(args: Node, place: Place): Value {
    const resolved = this.value(args);
    const [name, attribute, ...path] = Array.isArray(resolved) ? resolved : [];
    if (typeof name !== "string" || typeof attribute !== "string") {
      throw new Fault(place, "get_attr: needs a list of a resource and an attribute");
    }
    const value = this.scope.attribute(name, attribute, place);
    if (value instanceof Unknown) return value;
    return selectPath(value, path, { canParseIndex: false }) ?? null;
  }

  #if(args: Node, place: Place): Value | typeof leftOut {
    const parts = args.kind === "list" ? args.items : [];
    const [condition, whenTrue, whenFalse] = parts;
    const canBeShort = this.scope.version >= rankOf("wallaby");
    const isComplete = parts.length === 3 || (parts.length === 2 && canBeShort);
    if (condition === undefined || whenTrue === undefined || !isComplete) {
      throw new Fault(place, "if: needs a list of a condition, a value, and another value");
    }
    if (this.scope.conditions.isTrue(condition)) return this.#resolve(whenTrue);
    return whenFalse === undefined ? leftOut : this.#resolve(whenFalse);
  }
}

/** In the list or map itself, or one level down: not deeper. */
function shallowUnknown(value: Value): Unknown | undefined {
  if (value instanceof Unknown) return value;
  return Array.isArray(value)
    ? value.find((item): item is Unknown => item instanceof Unknown)
    : undefined;
}

/**
 * The call that a map is; undefined for a map that is just a map.
 *
 * @throws {Fault} for what is meant as a function and is none in this version
 */
export function callIn({ entries, place }: MapNode, version: number): Call | undefined {
  const [only] = entries;
  if (only === undefined || entries.size > 1) return undefined;
  const [name, { node: args, place: keyPlace }] = only;
  const since = sinceOf(name);
  if (since !== undefined && since <= version) return { name, args, place: keyPlace };
  const reason = unsupportedFunctions.get(name);
  if (reason !== undefined) throw new Fault(keyPlace, `${name}: ${reason}`);
  if (since !== undefined) {
    throw new Fault(place, `${name}: there is no such function before ${versionName(since)}`);
  }
  const nearest = nearestOf(name, [...special, ...functions.keys()]);
  const isMeant = nearest !== undefined && (name.includes("_") || nearest.includes("_"));
  if (isMeant || /^(?:get_|Fn::|Ref$)/.test(name)) {
    const hint = nearest === undefined ? "" : `; the nearest is ${nearest}`;
    throw new Fault(
      keyPlace,
      `${name}: there is no such function in ${versionName(version)}${hint}`,
    );
  }
  return undefined;
}

function sinceOf(name: string): number | undefined {
  if (name === "if") return rankOf("newton");
  return special.includes(name) ? 0 : functions.get(name)?.since;
}
