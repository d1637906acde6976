import type { Clock } from "../../common/clock";
import { isTransient, type ClusterError } from "./errors";

/** How long an API server may take until it knows who may do what; seconds, when it is not busy. */
const lastingMs = 30_000;
/** Refusals that are further apart than this belong to two starts. */
const pauseMs = 20_000;

/**
 * Judges failures of an API whose servers may start anew at any time: one that has just started
 * answers before it has read all roles and accounts, and refuses (401, 403) what it grants a moment
 * later. A refused read may pass while that has not lasted for half a minute; a refused change is
 * believed at once.
 *
 * @returns to be asked of each failure of one wait
 */
export function watchRefusals(clock: Clock): (error: ClusterError) => boolean {
  let first = 0;
  let last = -Infinity;
  return (error) => {
    if (isTransient(error)) return true;
    const isRead = error.verb === "get" || error.verb === "list";
    if (!isRead || (error.status !== 401 && error.status !== 403)) return false;
    const now = clock.now().getTime();
    if (now - last > pauseMs) first = now;
    last = now;
    return now - first < lastingMs;
  };
}
