/** The key of a server's metadata that says how far it is back at which set. */
export const markKey = "snapset_reset";

/**
 * The key of the metadata that servers and volumes have for as long as they are put back in place. When
 * it goes they all are replaced: disks of one day beside data of another would be neither.
 */
export const methodKey = "snapset_method";

/** What a server is to be: of this set, put back for this trigger. */
export interface ResetWish {
  snapId: string;
  /** Whatever text the user changes to have the environment put back. */
  trigger: string;
  /** The stack that wishes it, where the machine may be another one's. */
  by?: string;
}

/** The mark of a server that is wholly what the wish says; also of one made from the set's image. */
export function wholeMark({ snapId, trigger, by }: ResetWish): string {
  return [snapId, trigger, ...(by === undefined ? [] : [by])].join("/");
}

/**
 * The mark of a server from the reset's first step until it is whole. It takes the place of an earlier
 * reset's mark, so that going back to that one's trigger half-way does not take the server for whole.
 */
export function begunMark(wish: ResetWish): string {
  return `begun ${wholeMark(wish)}`;
}

/** Whether a mark is of this stack's wish, whatever set and trigger it tells. */
export function isMarkBy(mark: string | undefined, by: string): boolean {
  return mark?.endsWith(`/${by}`) ?? false;
}

/** Whether a mark says that a reset was begun and not finished. */
export function isBegun(mark: string | undefined): boolean {
  return mark?.startsWith("begun ") ?? false;
}
