import { messageOf } from "../../common/errors";
import { ApiError, isBadRequest } from "../../openstack";
import type { Context } from "../context";

/** How long a request without an answer may take to show on the node. */
const settleMs = 5000;
/** How long at least after a refusal for now; services say Retry-After: 0, too. */
const refusedMs = 1000;
/** Statuses of a refusal for now: a conductor holds the node, too many requests, none is free. */
const forNow = [409, 429, 503];

/** What a run has asked of one node. */
export interface Asked {
  count: number;
  /** No request before this moment: one is without an answer, or was refused for now. */
  notBefore: number;
  /** Why Ironic will not do it, however often it is asked. */
  refusal?: string | undefined;
  /** What it said last when it refused. */
  lastProblem?: string | undefined;
}

/**
 * Asks something of a node, and notes what came of it: done, refused for now, refused as the node was
 * in another state by then, refused for good, or that nobody knows.
 */
export async function askOnce(
  asked: Asked,
  work: () => Promise<void>,
  { clock, signal }: Pick<Context, "clock" | "signal">,
): Promise<void> {
  const now = clock.now().getTime();
  try {
    await work();
    asked.count += 1;
    asked.lastProblem = undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ApiError)) {
      asked.count += 1;
      asked.notBefore = now + settleMs;
    } else if (forNow.includes(error.status)) {
      asked.notBefore = now + Math.max(error.retryAfterMs ?? 0, refusedMs);
    } else if (isBadRequest(error)) {
      asked.count += 1;
      asked.notBefore = now + refusedMs;
      asked.lastProblem = messageOf(error);
    } else asked.refusal = messageOf(error);
  }
}
