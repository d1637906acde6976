/** Why a request did not succeed. */
export type Failure =
  | { kind: "answer"; status: number; retryAfterMs: number | undefined }
  | { kind: "connection"; code: string };

/** How often a request is sent at most. */
export const maxAttempts = 5;

const firstDelayMs = 500;
const maxDelayMs = 8000;

/** Nothing reached the service. */
const neverSent = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** The connection broke after the request went out: it may have been carried out. */
const broken = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "UND_ERR_SOCKET"]);

/**
 * How long to wait before a request is sent again, or undefined when it is not.
 *
 * @param isIdempotent whether carrying it out twice is the same as once
 * @param attempt how often it has been sent
 * @param random in [0, 1)
 */
export function retryDelayMs(
  failure: Failure,
  isIdempotent: boolean,
  attempt: number,
  random: () => number,
): number | undefined {
  if (attempt >= maxAttempts || !mayRetry(failure, isIdempotent)) return undefined;
  const backoff = Math.min(firstDelayMs * 2 ** (attempt - 1), maxDelayMs);
  // Half fixed, half random: callers that failed together do not come back together.
  const delay = backoff / 2 + (backoff / 2) * random();
  return failure.kind === "answer" ? Math.max(failure.retryAfterMs ?? 0, delay) : delay;
}

function mayRetry(failure: Failure, isIdempotent: boolean): boolean {
  if (failure.kind === "connection") {
    return neverSent.has(failure.code) || (isIdempotent && broken.has(failure.code));
  }
  switch (failure.status) {
    // Refused at the door, before anything was done: any request may come again.
    case 429:
      return true;
    // Rate limiting in clouds before Mitaka when it says when to come back, else a quota; Cinder's
    // says 0 (cinder `exception.py`, QuotaError).
    case 413:
      return (failure.retryAfterMs ?? 0) > 0;
    // A proxy that found no backend, lost it half-way, or waited for it in vain.
    case 502:
    case 503:
    case 504:
      return isIdempotent;
    // 500 is a defect that answers the same again; 409 and the rest are for the caller.
    default:
      return false;
  }
}

/** Milliseconds of a `Retry-After` header: seconds, or a date. */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
