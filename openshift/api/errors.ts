/** What a failed call was about. */
export interface FailedCall {
  verb: string;
  resource: string;
  /** Absent when no answer came. */
  status?: number | undefined;
  /** The `reason` of the Status object in the answer, e.g. `NotFound`. */
  reason?: string | undefined;
}

/** A call to the cluster's API that failed: which one, and what came back. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
  readonly verb: string;
  readonly resource: string;
  readonly status: number | undefined;
  readonly reason: string | undefined;

  constructor(call: FailedCall, detail: string, options?: ErrorOptions) {
    const status = call.status === undefined ? "" : `${call.status} `;
    super(`cannot ${call.verb} ${call.resource}: ${status}${detail}`, options);
    this.verb = call.verb;
    this.resource = call.resource;
    this.status = call.status;
    this.reason = call.reason;
  }
}

/** The cluster answered, and is not in the state that the next step needs. */
export class ClusterStateError extends Error {
  override readonly name = "ClusterStateError";

  /**
   * @param what the refusal in one clause, e.g. `the certificates have not been rotated`
   * @param reasons what was seen, one sentence each
   */
  constructor(
    readonly what: string,
    readonly reasons: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`${what}: ${reasons.join("; ")}`, options);
  }
}

/** True when the object asked for does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ClusterError && error.status === 404;
}

/** No answer, throttled, or a server at fault: what an API that restarts says, so worth asking again. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof ClusterError)) return false;
  return error.status === undefined || error.status === 429 || error.status >= 500;
}
