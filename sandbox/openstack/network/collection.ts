import { Refusal } from "../../world/refusal";
import type { Ctx } from "../face";

type View = Record<string, unknown>;

const controls = new Set(["limit", "marker", "fields", "sort_key", "sort_dir", "page_reverse"]);
const tagFilters = new Set(["tags", "tags-any", "not-tags", "not-tags-any"]);

/**
 * The query language that all Neutron lists share: filters by attribute (several values are OR),
 * `fields`, order, pages with links.
 *
 * @param known attributes that may be filtered by even when no item has them
 */
export function listCollection(
  c: Ctx,
  collection: string,
  views: readonly View[],
  known: readonly string[],
): Record<string, unknown> {
  const query = new URL(c.req.url).searchParams;
  const filters = [...new Set(query.keys())].filter((key) => !controls.has(key));
  const names = new Set([...known, ...views.flatMap((view) => Object.keys(view)), ...tagFilters]);
  const unknown = filters.filter((key) => !names.has(key));
  if (unknown.length > 0) {
    throw new Refusal(
      400,
      `[${unknown.map((key) => `'${key}'`).join(", ")}] is invalid attribute for filtering`,
      "HTTPBadRequest",
    );
  }
  const matching = views.filter((view) =>
    filters.every((key) => matches(view, key, query.getAll(key))),
  );
  const sorted = sort(matching, query);
  const start = startAfter(sorted, query.get("marker"));
  const limit = Number(query.get("limit") ?? 0);
  const page = limit > 0 ? sorted.slice(start, start + limit) : sorted.slice(start);
  const items = page.map((view) => select(view, query.getAll("fields")));
  return { [collection]: items, ...links(c, collection, page, limit) };
}

function matches(view: View, key: string, wanted: readonly string[]): boolean {
  const tags = view["tags"];
  if (tagFilters.has(key) && Array.isArray(tags)) {
    const values = wanted.flatMap((value) => value.split(","));
    const has = (tag: string) => tags.includes(tag);
    if (key === "tags") return values.every(has);
    if (key === "tags-any") return values.some(has);
    return key === "not-tags" ? !values.every(has) : !values.some(has);
  }
  const actual = view[key];
  return wanted.some((value) =>
    key === "fixed_ips" ? hasFixedIp(actual, wanted) : isEqual(actual, value),
  );
}

const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function isEqual(actual: unknown, wanted: string): boolean {
  if (typeof actual === "boolean") return ["true", "1"].includes(wanted.toLowerCase()) === actual;
  if (Array.isArray(actual)) return actual.includes(wanted);
  if (actual === null || actual === undefined) return wanted === "" || wanted === "None";
  return text(actual) === wanted;
}

/** `fixed_ips=ip_address=10.0.0.3&fixed_ips=subnet_id=…`: one address must satisfy all of them. */
function hasFixedIp(actual: unknown, wanted: readonly string[]): boolean {
  if (!Array.isArray(actual)) return false;
  const conditions = wanted.map((text) => text.split("=") as [string, string]);
  return (actual as View[]).some((ip) =>
    conditions.every(([key, value]) =>
      key === "ip_address_substr" ? text(ip["ip_address"]).includes(value) : ip[key] === value,
    ),
  );
}

function sort(views: View[], query: URLSearchParams): View[] {
  const keys = query.getAll("sort_key");
  const directions = query.getAll("sort_dir");
  if (keys.length === 0) return views;
  return views.sort((a, b) => {
    for (const [index, key] of keys.entries()) {
      const left = text(a[key] ?? "");
      const right = text(b[key] ?? "");
      if (left !== right) return (left < right ? -1 : 1) * (directions[index] === "desc" ? -1 : 1);
    }
    return 0;
  });
}

function startAfter(views: readonly View[], marker: string | null): number {
  if (marker === null) return 0;
  const index = views.findIndex((view) => view["id"] === marker);
  if (index === -1) {
    throw new Refusal(400, `The resource with id '${marker}' could not be found`, "HTTPBadRequest");
  }
  return index + 1;
}

function select(view: View, fields: readonly string[]): View {
  if (fields.length === 0) return view;
  return Object.fromEntries(Object.entries(view).filter(([key]) => fields.includes(key)));
}

function links(c: Ctx, collection: string, page: readonly View[], limit: number) {
  const last = page.at(-1)?.["id"];
  if (limit <= 0 || page.length < limit || typeof last !== "string") return {};
  const url = new URL(c.req.url);
  const query = new URLSearchParams(url.searchParams);
  query.set("marker", last);
  const next = { rel: "next", href: `${c.env.origin}${url.pathname}?${query.toString()}` };
  return { [`${collection}_links`]: [next] };
}
