import { Fault, type Place, type Problems } from "../problems";
import { isEqual, kindOf, Unknown, type Value } from "../values";
import type { Entry, Node } from "../yaml/readYaml";
import { contains } from "./functions";
import { Misuse } from "./Misuse";
import { refused, type Parameters } from "./parameters";
import { selectPath } from "./selectPath";
import { rankOf } from "./versions";

/**
 * The conditions of a template: named ones, and those written where they are used.
 *
 * Source: Heat `engine/conditions.py`, `condition_functions` in `engine/hot/template.py`.
 */
export class Conditions {
  readonly #results = new Map<string, boolean>();
  readonly #open: string[] = [];

  constructor(
    private readonly definitions: ReadonlyMap<string, Entry>,
    private readonly parameters: Parameters,
    private readonly version: number,
  ) {}

  /** Resolves those that nobody uses, too: what is wrong in them is noted. */
  checkAll(problems: Problems): void {
    for (const [name, { place }] of this.definitions) {
      problems.attempt(() => this.#named(name, place), false);
    }
  }

  /** @throws {Fault} when it is no condition */
  isTrue(node: Node): boolean {
    const value = this.#value(node);
    if (value instanceof Unknown) return false;
    if (typeof value === "boolean") return value;
    if (typeof value === "string") return this.#named(value, node.place);
    throw new Fault(node.place, `a condition must be true, false or a name, got ${kindOf(value)}`);
  }

  #named(name: string, place: Place): boolean {
    const known = this.#results.get(name);
    if (known !== undefined) return known;
    const definition = this.definitions.get(name);
    if (definition === undefined) throw new Fault(place, `there is no condition ${name}`);
    const start = this.#open.indexOf(name);
    if (start >= 0) {
      const circle = this.#open.slice(start);
      // Told once, not once from each of its members.
      for (const member of circle) this.#results.set(member, false);
      const path = [...circle, name].join(" → ");
      throw new Fault(definition.place, `circular conditions: ${path}`);
    }
    this.#open.push(name);
    try {
      const result = this.isTrue(definition.node);
      this.#results.set(name, result);
      return result;
    } finally {
      this.#open.pop();
    }
  }

  #value(node: Node): Value {
    if (node.kind === "scalar") return node.value;
    if (node.kind === "list") return node.items.map((item) => this.#value(item));
    const [only] = node.entries;
    if (only === undefined || node.entries.size > 1) {
      throw new Fault(node.place, "a condition can hold functions, not maps");
    }
    const [name, entry] = only;
    try {
      return this.#call(name, entry.node, entry.place);
    } catch (error) {
      if (!(error instanceof Misuse)) throw error;
      throw new Fault(entry.place, `${name}: ${error.message}`);
    }
  }

  #call(name: string, args: Node, place: Place): Value {
    const items = args.kind === "list" ? args.items : [];
    switch (name) {
      case "get_param":
        return this.#param(this.#value(args), place);
      case "equals": {
        const [a, b] = items.map((item) => this.#value(item));
        if (a === undefined || b === undefined || items.length > 2) {
          throw new Misuse("needs a list of two values");
        }
        return isEqual(a, b);
      }
      case "not":
        return !this.isTrue(args);
      case "and":
      case "or": {
        if (items.length < 2) throw new Misuse("needs a list of at least two conditions");
        const results = items.map((item) => this.isTrue(item));
        return name === "and" ? results.every(Boolean) : results.some(Boolean);
      }
      default:
        if (name === "contains" && this.version >= rankOf("pike")) {
          return contains(items.map((item) => this.#value(item)));
        }
        throw new Fault(
          place,
          `${name}: a condition can hold get_param, equals, not, and, or, contains`,
        );
    }
  }

  #param(args: Value, place: Place): Value {
    const [name, ...path] = Array.isArray(args) ? args : [args];
    const value = typeof name === "string" ? this.parameters.values.get(name) : undefined;
    if (value === undefined) throw new Fault(place, `get_param: there is no such parameter`);
    if (value instanceof Unknown) return refused;
    return selectPath(value, path, { canParseIndex: true }) ?? "";
  }
}
