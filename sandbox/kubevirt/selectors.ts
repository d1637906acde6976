import type { KubeObject } from "./types";

/** Whether an object is one that a label selector and a field selector want. */
export function isSelected(object: KubeObject, query: URLSearchParams): boolean {
  const labels = object.metadata.labels ?? {};
  const isLabelled = terms(query.get("labelSelector")).every((term) => matches(labels, term));
  return (
    isLabelled && terms(query.get("fieldSelector")).every((term) => matches(fields(object), term))
  );
}

function fields({ metadata }: KubeObject): Record<string, string> {
  return { "metadata.name": metadata.name, "metadata.namespace": metadata.namespace ?? "" };
}

/** Commas part terms, but for those within the brackets of a set. */
function terms(selector: string | null): string[] {
  return (selector ?? "")
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== "");
}

function matches(values: Record<string, string>, term: string): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set) {
    const [, key = "", operator, list = ""] = set;
    const isIn = list.split(",").some((it) => it.trim() === values[key]);
    return operator === "in" ? isIn : !isIn;
  }
  const [, key = "", operator, value] = /^(!?[^=!]+)(==|!=|=)?(.*)$/.exec(term) ?? [];
  if (operator === undefined)
    return key.startsWith("!") ? !(key.slice(1) in values) : key in values;
  return operator === "!=" ? values[key] !== value : values[key] === value;
}
