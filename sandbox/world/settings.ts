import { Ids } from "./ids";

/** How long an image takes, in modelled milliseconds: always the same, or drawn for each server. */
export type ImageTime = number | { fromMs: number; toMs: number } | ((server: string) => number);

/** When a host refuses more: after so many snapshots that run or wait there. */
export interface HostLimit {
  snapshots: number;
  status: 409 | 503;
  /** Seconds, for the header of that name. @default none */
  retryAfter?: number;
}

/** What may be changed of a world while it runs. */
export interface Settings {
  /** Of all servers. @default 30 s per GB of the flavor's disk */
  imageMs?: ImageTime;
  /** Server name → milliseconds; what is not named takes `imageMs`. */
  imageMsOf: Readonly<Record<string, number>>;
  /** Nova's `max_concurrent_snapshots`: further ones wait. @default 5 */
  snapshotsPerHost: number;
  /** @default none: what is too many waits */
  hostLimit?: HostLimit;
}

export const defaultSettings: Settings = { imageMsOf: {}, snapshotsPerHost: 5 };

/**
 * How long the image of a server takes. What is drawn hangs on the seed and the name alone, so that
 * it is the same whatever else happens, and in whichever order.
 *
 * @param otherwise where nothing is set
 */
export function imageTimeOf(
  { imageMs, imageMsOf }: Settings,
  server: string,
  seed: number,
  otherwise: number,
): number {
  const own = imageMsOf[server];
  if (own !== undefined) return own;
  if (imageMs === undefined) return otherwise;
  if (typeof imageMs === "number") return imageMs;
  if (typeof imageMs === "function") return imageMs(server);
  const { fromMs, toMs } = imageMs;
  return fromMs + new Ids(hash(server) ^ seed).next() * (toMs - fromMs);
}

// FNV-1a: names that differ in one digit draw numbers that have nothing to do with each other.
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const character of text) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return state;
}
