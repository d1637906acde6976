/** How long each image of one compute host takes, milliseconds, in the order in which they are asked for. */
export type HostImages = readonly number[];

/**
 * No schedule ends earlier: on no host can more than `slots` images be under way, and none of them
 * can be cut in two.
 */
export function lowerBoundMs(hosts: readonly HostImages[], slots: number): number {
  return Math.max(...hosts.map((times) => Math.max(sum(times) / slots, ...times)));
}

/** When the last image is there if each host begins the next one the moment that a place is free. */
export function listScheduleMs(hosts: readonly HostImages[], slots: number): number {
  return Math.max(...hosts.map((times) => lastEnd(times, slots)));
}

function lastEnd(times: HostImages, slots: number): number {
  const freeAt = Array.from({ length: slots }, () => 0);
  for (const time of times) {
    const next = freeAt.indexOf(Math.min(...freeAt));
    freeAt[next] = (freeAt[next] ?? 0) + time;
  }
  return Math.max(...freeAt);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
