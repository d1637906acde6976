import type { Caller } from "../../world/identity";
import { Refusal } from "../../world/refusal";
import type { Image } from "../../world/images";
import type { World } from "../../world/world";
import { imageView, type ImageView } from "./view";

const sortKeys = [
  "name",
  "status",
  "container_format",
  "disk_format",
  "size",
  "id",
  "created_at",
  "updated_at",
] as const;
type SortKey = (typeof sortKeys)[number];

const defaultLimit = 25;
const maxLimit = 1000;

/** Parameters that say how to list, not what. */
const controls = new Set(["limit", "marker", "sort", "sort_key", "sort_dir", "member_status"]);

/** `GET /v2/images`: filters, order and one page. */
export function listImages(world: World, who: Caller, query: URLSearchParams) {
  const visible = world.images.all().filter((image) => isSelected(world, image, who, query));
  const views = sort(visible.reverse().map(imageView), query);
  const start = startAfter(views, query.get("marker"));
  const limit = parseLimit(query.get("limit"));
  const images = views.slice(start, start + limit);
  const last = images.at(-1);
  const isMore = last !== undefined && start + limit < views.length;
  return {
    images,
    first: link(query, undefined),
    schema: "/v2/schemas/images",
    ...(isMore ? { next: link(query, last.id) } : {}),
  };
}

function isSelected(world: World, image: Image, who: Caller, query: URLSearchParams): boolean {
  const visibility = query.get("visibility");
  if (visibility !== null && !/^(public|private|shared|community|all)$/.test(visibility)) {
    throw new Refusal(400, `Invalid visibility value: ${visibility}`);
  }
  const isSeen =
    visibility === "community" || visibility === "all"
      ? world.images.isVisible(image, who)
      : world.images.isListed(image, who);
  if (!isSeen || image.isHidden !== (query.get("os_hidden") === "true")) return false;
  if (visibility !== null && visibility !== "all" && image.visibility !== visibility) return false;
  if (!query.getAll("tag").every((tag) => image.tags.includes(tag))) return false;
  const view = imageView(image) as Record<string, unknown>;
  return [...query].every(([key, value]) => {
    if (controls.has(key) || ["visibility", "tag", "os_hidden"].includes(key)) return true;
    return matches(view, key, value);
  });
}

function matches(view: Record<string, unknown>, key: string, wanted: string): boolean {
  if (key === "size_min") return Number(view["size"] ?? 0) >= Number(wanted);
  if (key === "size_max") return Number(view["size"] ?? 0) <= Number(wanted);
  const actual = view[key];
  if (actual === undefined) return false;
  const text = typeof actual === "string" ? actual : JSON.stringify(actual);
  const alternatives = wanted.startsWith("in:") ? wanted.slice(3).split(",") : [wanted];
  return alternatives.some(
    (value) => value.toLowerCase() === text.toLowerCase() && isExact(key, value, text),
  );
}

// Booleans come as `True` or `true`; everything else is compared as it is written.
function isExact(key: string, value: string, text: string): boolean {
  return key === "protected" || value === text;
}

function sort(views: ImageView[], query: URLSearchParams): ImageView[] {
  const pairs = (query.get("sort") ?? "").split(",").filter((pair) => pair !== "");
  const keys = pairs.length > 0 ? pairs : query.getAll("sort_key");
  const directions = query.getAll("sort_dir");
  const orders = keys.map((pair, index) => {
    const [key = "", direction = directions[index] ?? "desc"] = pair.split(":");
    return { key: checkSortKey(key), sign: direction === "asc" ? 1 : -1 };
  });
  if (orders.length === 0) orders.push({ key: "created_at", sign: -1 });
  return views.sort((a, b) => {
    for (const { key, sign } of orders) {
      const order = compare(a[key], b[key]);
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

function checkSortKey(key: string): SortKey {
  const known = sortKeys.find((candidate) => candidate === key);
  if (known !== undefined) return known;
  throw new Refusal(
    400,
    `Invalid sort key: ${key}. It must be one of the following: ${sortKeys.join(", ")}.`,
  );
}

function compare(a: string | number | null, b: string | number | null): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const left = a === null ? "" : String(a);
  const right = b === null ? "" : String(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function startAfter(views: readonly ImageView[], marker: string | null): number {
  if (marker === null) return 0;
  const index = views.findIndex((view) => view.id === marker);
  if (index === -1) throw new Refusal(400, `No image found with ID ${marker}`);
  return index + 1;
}

function parseLimit(text: string | null): number {
  if (text === null) return defaultLimit;
  if (!/^-?\d+$/.test(text)) throw new Refusal(400, "limit param must be an integer");
  const limit = Number(text);
  if (limit < 0) throw new Refusal(400, "limit param must be positive");
  return Math.min(limit, maxLimit);
}

function link(query: URLSearchParams, marker: string | undefined): string {
  const parameters = new URLSearchParams(query);
  parameters.delete("marker");
  if (marker !== undefined) parameters.set("marker", marker);
  const text = parameters.toString();
  return text === "" ? "/v2/images" : `/v2/images?${text}`;
}
