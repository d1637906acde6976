import { pythonText } from "../python";
import { isMap, kindOf, type Value } from "../values";
import { filters } from "./filters";
import { parseExpression, type Expression } from "./parse";
import { JinjaFault } from "./tokens";

/** What a name stands for that nothing defines; filters such as `default` can make up for it. */
class Undefined {
  constructor(readonly name: string) {}
}

/** The value of a variable; undefined where there is none. */
export type Lookup = (name: string) => Value | undefined;

/**
 * Renders a text with Jinja expressions in it. A text that is one expression and nothing else is the
 * expression's value, be it a list or a map: so does Ansible.
 *
 * @throws {JinjaFault} for what is not supported, and for a variable that is not defined
 */
export function render(text: string, lookup: Lookup): Value {
  if (text.includes("{%")) throw new JinjaFault("statements ({% %}) are not supported");
  const parts = text.replace(/\{#.*?#\}/gs, "").split(/(\{\{.*?\}\})/s);
  const expressionOf = (part: string) => part.slice(2, -2).replace(/^-|-$/g, "");
  const isExpression = (part: string) => part.startsWith("{{") && part.endsWith("}}");
  const filled = parts.filter((part) => part !== "");
  const [only] = filled;
  if (filled.length === 1 && only !== undefined && isExpression(only)) {
    return defined(evaluate(parseExpression(expressionOf(only)), lookup));
  }
  return parts
    .map((part) =>
      isExpression(part)
        ? pythonText(defined(evaluate(parseExpression(expressionOf(part)), lookup)))
        : part,
    )
    .join("");
}

function defined(value: Value | Undefined): Value {
  if (!(value instanceof Undefined)) return value;
  throw new JinjaFault(`the variable ${value.name} is not defined`);
}

function evaluate(it: Expression, lookup: Lookup): Value | Undefined {
  switch (it.kind) {
    case "literal":
      return it.value;
    case "name":
      return lookup(it.name) ?? nothingOf(it.name, lookup);
    case "list":
      return it.items.map((item) => defined(evaluate(item, lookup)));
    case "item":
      return itemOf(evaluate(it.of, lookup), defined(evaluate(it.key, lookup)), pathOf(it));
    case "slice":
      return sliceOf(evaluate(it.of, lookup), bound(it.from, lookup), bound(it.to, lookup));
    case "filter":
      return filtered(it, lookup);
    case "join":
      return it.parts.map((part) => pythonText(defined(evaluate(part, lookup)))).join("");
  }
}

/** A variable may be null, which is not the same as not being defined. */
function nothingOf(name: string, lookup: Lookup): Value | Undefined {
  return lookup(name) === null ? null : new Undefined(name);
}

/** In Ansible what is in something undefined is undefined, too. */
function itemOf(of: Value | Undefined, key: Value, path: string): Value | Undefined {
  const absent = new Undefined(path);
  if (of instanceof Undefined) return absent;
  if (isMap(of) && typeof key === "string" && Object.hasOwn(of, key)) return of[key] ?? null;
  if ((Array.isArray(of) || typeof of === "string") && typeof key === "number") {
    return (typeof of === "string" ? Array.from(of) : of).at(key) ?? absent;
  }
  return absent;
}

/** How a message names a part of a variable. */
function pathOf(it: Expression): string {
  if (it.kind === "name") return it.name;
  if (it.kind !== "item") return "…";
  const key = it.key.kind === "literal" ? pythonText(it.key.value) : "…";
  return `${pathOf(it.of)}.${key}`;
}

function bound(it: Expression | undefined, lookup: Lookup): number | undefined {
  if (it === undefined) return undefined;
  const value = defined(evaluate(it, lookup));
  if (typeof value === "number") return value;
  throw new JinjaFault(`a slice needs numbers, got ${kindOf(value)}`);
}

function sliceOf(
  of: Value | Undefined,
  from: number | undefined,
  to: number | undefined,
): Value | Undefined {
  if (of instanceof Undefined) return of;
  if (typeof of === "string") return Array.from(of).slice(from, to).join("");
  if (Array.isArray(of)) return of.slice(from, to);
  throw new JinjaFault(`only text and lists can be cut, got ${kindOf(of)}`);
}

function filtered(it: Expression & { kind: "filter" }, lookup: Lookup): Value | Undefined {
  const name = it.name.replace(/^ansible\.builtin\./, "");
  const value = evaluate(it.of, lookup);
  const args = it.args.map((arg) => defined(evaluate(arg, lookup)));
  const named = Object.fromEntries(
    Object.entries(it.named).map(([key, arg]) => [key, defined(evaluate(arg, lookup))] as const),
  );
  if (name === "default" || name === "d") {
    const isEmpty =
      value instanceof Undefined || ((args[1] ?? named["boolean"]) === true && !truth(value));
    return isEmpty ? (args[0] ?? "") : value;
  }
  const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (filter === undefined) {
    const known = ["default", ...Object.keys(filters)].join(", ");
    throw new JinjaFault(`the filter ${it.name} is not supported; there is ${known}`);
  }
  return filter(defined(value), args, named);
}

function truth(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : Boolean(value);
}
