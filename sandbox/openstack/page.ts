import { Refusal } from "../world/refusal";

/** A page of a Nova or Cinder list: by marker and limit. */
export interface Page<T> {
  items: T[];
  /** Query string of the next page, when there is one. */
  next: string | undefined;
}

const maxLimit = 1000;

/** Cuts a page out of a list. @throws {Refusal} 400 for a bad limit or an unknown marker */
export function pageOf<T extends { id: string }>(
  all: readonly T[],
  query: URLSearchParams,
): Page<T> {
  const text = query.get("limit");
  if (text !== null && !/^\d*$/.test(text)) {
    throw new Refusal(
      400,
      `Invalid input for query parameters limit. Value: ${text}. '${text}' does not match '^[0-9]*$'`,
    );
  }
  const limit = Math.min(Number(text ?? maxLimit), maxLimit);
  const marker = query.get("marker");
  const index = marker === null ? -1 : all.findIndex((item) => item.id === marker);
  if (marker !== null && index === -1) throw new Refusal(400, `marker [${marker}] not found`);
  const items = all.slice(index + 1, index + 1 + limit);
  const last = items.at(-1);
  // Nova and Cinder offer another page whenever this one is full, even if nothing follows.
  const isFull = last !== undefined && items.length === limit;
  if (!isFull || text === null) return { items, next: undefined };
  const parameters = new URLSearchParams(query);
  parameters.set("marker", last.id);
  return { items, next: parameters.toString() };
}
