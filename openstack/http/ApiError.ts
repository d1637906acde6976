import { errorMessage } from "./errorMessage";

/** What was asked, and what came back. */
export interface ApiErrorDetails {
  /** `identity`, `compute`, `image`, … */
  service: string;
  /** The API action, e.g. `createImage`. */
  action: string;
  method: string;
  url: string;
  status: number;
  /** Under which the service's own log tells the rest. */
  requestId: string | undefined;
  /** When the service wants to be asked again, from now: its `Retry-After`. */
  retryAfterMs?: number | undefined;
  /** As it came: JSON when it was JSON, else text. */
  body: unknown;
}

/** An OpenStack service refused, or gave an answer that lacks what is needed. */
export class ApiError extends Error implements ApiErrorDetails {
  override readonly name = "ApiError";
  readonly service: string;
  readonly action: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly body: unknown;

  /** @param problem what is wrong with an answer that is no refusal */
  constructor(details: ApiErrorDetails, problem?: string) {
    const { service, action, method, url, status, requestId, body } = details;
    const answer = problem ?? errorMessage(body);
    super(
      `${service} ${action}: ${method} ${url} answered ${status}` +
        (answer === "" ? "" : `: ${answer}`) +
        (requestId === undefined ? "" : ` (request ${requestId})`),
    );
    this.service = service;
    this.action = action;
    this.method = method;
    this.url = url;
    this.status = status;
    this.requestId = requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.body = body;
  }
}

/** No answer came: whether the request was carried out is not known. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";

  constructor(
    readonly service: string,
    readonly action: string,
    readonly method: string,
    readonly url: string,
    cause: unknown,
  ) {
    super(`${service} ${action}: ${method} ${url} got no answer`, { cause });
  }
}

export const isBadRequest = (error: unknown): error is ApiError => hasStatus(error, 400);
export const isUnauthorized = (error: unknown): error is ApiError => hasStatus(error, 401);
export const isForbidden = (error: unknown): error is ApiError => hasStatus(error, 403);
export const isNotFound = (error: unknown): error is ApiError => hasStatus(error, 404);
export const isConflict = (error: unknown): error is ApiError => hasStatus(error, 409);

/**
 * Whether a quota or a rate limit was met: 413 of Cinder, Glance and old Nova, 429, and Neutron's
 * 409 `OverQuota`. Nova's 403 for a quota looks like any other 403.
 */
export function isOverLimit(error: unknown): error is ApiError {
  if (hasStatus(error, 413) || hasStatus(error, 429)) return true;
  if (!isConflict(error)) return false;
  const { NeutronError } = (error.body ?? {}) as { NeutronError?: { type?: unknown } };
  return NeutronError?.type === "OverQuota";
}

function hasStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}
