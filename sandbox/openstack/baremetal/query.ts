import { Refusal } from "../../world/refusal";

const maxLimit = 1000;

/** The parameters of a request. @throws {Refusal} 400 for one that the call does not have */
export function parametersOf(url: string, known: readonly string[]): URLSearchParams {
  const query = new URL(url).searchParams;
  const unknown = [...query.keys()].filter((name) => !known.includes(name));
  if (unknown.length === 0) return query;
  throw new Refusal(400, `Unexpected arguments: ${unknown.join(", ")}`);
}

/** A Boolean parameter; undefined where it is not given. @throws {Refusal} 400 */
export function flagIn(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (["1", "t", "true", "on", "y", "yes"].includes(value)) return true;
  if (["0", "f", "false", "off", "n", "no"].includes(value)) return false;
  throw new Refusal(
    400,
    `Invalid ${name}: Unrecognized value '${value}', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'`,
  );
}

/** A page of a list of Ironic. */
export interface Page<T> {
  items: T[];
  /** The limit where the page is full: then there is a next one, even if nothing is on it. */
  fullAt: number | undefined;
}

/**
 * Cuts a page out of a list.
 *
 * @param kind as messages name it, e.g. `Node`
 * @throws {Refusal} 400 for a bad limit, 404 for an unknown marker
 */
export function pageOf<T extends { uuid: string }>(
  all: readonly T[],
  query: URLSearchParams,
  kind: string,
): Page<T> {
  const text = query.get("limit");
  if (text !== null && !/^-?\d+$/.test(text)) {
    throw new Refusal(400, `Expected an integer for limit: ${text}`);
  }
  const limit = Math.min(Number(text ?? maxLimit), maxLimit);
  if (limit <= 0) throw new Refusal(400, "Limit must be positive");
  const marker = query.get("marker");
  const index = marker === null ? -1 : all.findIndex(({ uuid }) => uuid === marker);
  if (marker !== null && index === -1) {
    throw new Refusal(404, `${kind} ${marker} could not be found.`);
  }
  const items = all.slice(index + 1, index + 1 + limit);
  return { items, fullAt: items.length === limit ? limit : undefined };
}
