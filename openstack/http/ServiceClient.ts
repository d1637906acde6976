import { z } from "zod";
import { ApiError } from "./ApiError";
import { parseAnswer } from "./parseAnswer";
import type { Answer, Call } from "./Transport";

/** Filters of a list call; a list of values is sent as the same key several times. */
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[] | undefined>>;

type QueryValue = string | number | boolean;

/** A call without what is the same for all calls of a service. */
export type ServiceCall = Omit<Call, "service" | "url"> & { path: string; query?: Query };

/** The form of a list answer. */
export interface Listing<T> {
  /** The key that holds the items, e.g. `servers`. */
  key: string;
  item: z.ZodType<T>;
  /** On the request of each page, beside the service's own. */
  headers?: Record<string, string>;
}

/** One service: its endpoint, with a token on each request. */
export class ServiceClient {
  /**
   * @param endpoint gives its URL with the version, without a slash at its end
   * @param send sends a call with a valid token
   * @param headers on every request, e.g. the microversion
   */
  constructor(
    readonly service: string,
    private readonly endpoint: () => string,
    private readonly sendCall: (call: Call) => Promise<Answer>,
    private readonly headers: Record<string, string> = {},
  ) {}

  /** Sends a call whose answer's body does not matter. */
  async send({ path, query, ...call }: ServiceCall): Promise<Answer> {
    return this.sendCall({
      ...call,
      service: this.service,
      url: `${this.endpoint()}${path}${queryString(query)}`,
      headers: { ...this.headers, ...call.headers },
    });
  }

  /** Sends a call and reads its answer. */
  async ask<T>(call: ServiceCall, schema: z.ZodType<T>): Promise<T> {
    return parseAnswer(await this.send(call), schema);
  }

  /** All items of a list, page after page. */
  async list<T>(action: string, path: string, query: Query, listing: Listing<T>): Promise<T[]> {
    const items: T[] = [];
    let search = queryString(query);
    const { headers = {} } = listing;
    for (;;) {
      const answer = await this.send({ action, method: "GET", path: `${path}${search}`, headers });
      items.push(...parseAnswer(answer, pageOf(listing)));
      const next = nextSearch(answer.body, listing.key);
      if (next === undefined) return items;
      if (next === search) throw endless(answer);
      search = next;
    }
  }
}

/**
 * The query that asks for the next page: Glance says it in `next`, the others in `<key>_links`.
 * Only the query is taken: behind a proxy the rest may name a host or a path that is not ours, and
 * the token would go there.
 */
function nextSearch(body: unknown, key: string): string | undefined {
  const page = body as Record<string, unknown>;
  const links = page[`${key}_links`];
  const href =
    page["next"] ??
    (Array.isArray(links) ? (links as Link[]).find(({ rel }) => rel === "next")?.href : undefined);
  if (typeof href !== "string") return undefined;
  const start = href.indexOf("?");
  return start === -1 ? undefined : href.slice(start);
}

interface Link {
  rel?: unknown;
  href?: unknown;
}

function pageOf<T>({ key, item }: Listing<T>): z.ZodType<T[]> {
  return z.object({ [key]: z.array(item) }).transform((page) => page[key] as T[]);
}

function endless({ call, status, requestId, body }: Answer): ApiError {
  const { service, action, method, url } = call;
  return new ApiError(
    { service, action, method, url, status, requestId, body },
    "the next page is this one again",
  );
}

function queryString(query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const values = Array.isArray(value) ? (value as readonly QueryValue[]) : [value as QueryValue];
    for (const each of values) search.append(key, String(each));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}
