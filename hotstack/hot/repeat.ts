import { isMap, type Value } from "../values";
import { Misuse } from "./Misuse";

/**
 * `repeat`: a copy of the template for each item, or for each combination of items of several lists.
 *
 * Source: Heat `engine/hot/functions.py`, `RepeatWithNestedLoop`.
 */
export function repeat(args: Value): Value[] {
  const { template, for_each: forEach, permutations = true } = isMap(args) ? args : {};
  if (template === undefined || !isMap(forEach ?? null)) {
    throw new Misuse("needs a template, and for_each, which is a map");
  }
  if (typeof permutations !== "boolean") throw new Misuse("permutations must be a boolean");
  const variables = Object.entries(isMap(forEach) ? forEach : {}).map(
    ([name, list]) => [name, itemsOf(list, permutations)] as const,
  );
  if (!permutations && new Set(variables.map(([, items]) => items.length)).size > 1) {
    throw new Misuse("without permutations the lists of for_each must be of one length");
  }
  const rows = permutations
    ? combinations(variables.map(([, items]) => items))
    : Array.from({ length: variables[0]?.[1].length ?? 0 }, (_, i) =>
        variables.map(([, items]) => items[i] ?? ""),
      );
  return rows.map((row) =>
    fill(
      template,
      variables.map(([name], i) => [name, row[i] ?? ""]),
    ),
  );
}

function itemsOf(list: Value, canBeMap: boolean): string[] {
  if (list === null) return [];
  const items = canBeMap && isMap(list) ? Object.keys(list) : list;
  if (!Array.isArray(items)) throw new Misuse("the values of for_each must be lists");
  return items.map((item) => {
    if (typeof item !== "string") throw new Misuse("the items of for_each must be strings");
    return item;
  });
}

function combinations(lists: readonly string[][]): string[][] {
  return lists.reduce<string[][]>(
    (rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])),
    [[]],
  );
}

function fill(template: Value, row: Row): Value {
  if (typeof template === "string") {
    return fillText(template, row);
  }
  if (Array.isArray(template)) return template.map((item) => fill(item, row));
  if (!isMap(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [fillText(key, row), fill(value, row)]),
  );
}

type Row = readonly (readonly [string, string])[];

function fillText(text: string, row: Row): string {
  return row.reduce((it, [name, item]) => it.replaceAll(name, () => item), text);
}
