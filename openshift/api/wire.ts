import type { Clock } from "../../common/clock";
import { messageOf } from "../../common/errors";
import { ClusterError } from "./errors";
import type { Pace } from "./pace";
import { SshRefusal } from "../ssh/errors";

/** One HTTP request to the API, path relative to the server's address. */
export interface WireRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  headers: Record<string, string>;
  body?: string | undefined;
  signal: AbortSignal;
}

/** What came back, undecoded. */
export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Sends one request, with the credentials of the kubeconfig. @throws when no answer came */
export type Send = (request: WireRequest) => Promise<WireAnswer>;

/** One call in the API's own words. */
export interface Call {
  verb: "get" | "list" | "create" | "update" | "patch" | "delete";
  /** For messages: `nodes`, `pod openshift-x/y`. */
  resource: string;
  path: string;
  body?: unknown;
  contentType?: string;
  accept?: string;
  /**
   * What of the answer is wanted: its body, the server's time as its header tells it, or that it is
   * there. @default "body"
   */
  wants?: "body" | "date" | "nothing";
  /** Attempts altogether, for calls that may be repeated. @default 3, and 1 for create and update */
  attempts?: number;
}

/** What all calls of one client share. */
export interface Wire {
  send: Send;
  clock: Clock;
  signal?: AbortSignal | undefined;
  /** @default none: calls go out as they come */
  pace?: Pace | undefined;
  /** How long one attempt may take. */
  callTimeoutMs: number;
}

const methods = {
  get: "GET",
  list: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
} as const;
const maxRetryAfterMs = 10_000;
/** The API server's own words (apiserver/pkg/util/webhook/error.go). */
const unreviewed = "failed calling webhook";

/**
 * Makes a call and decodes its answer. Only calls that change nothing the second time are
 * repeated: reads, deletes by name, and our merge patches, which set fields to fixed values.
 *
 * @throws {ClusterError} with the last answer
 * @throws {SshRefusal} when the bastion does not let us through
 */
export async function callApi(wire: Wire, call: Call): Promise<unknown> {
  const attempts = call.attempts ?? (call.verb === "create" || call.verb === "update" ? 1 : 3);
  for (let attempt = 1; ; attempt += 1) {
    wire.signal?.throwIfAborted();
    const attempting = () => attemptCall(wire, call);
    const outcome = await (wire.pace?.(attempting, wire.signal) ?? attempting());
    if (!("error" in outcome)) return outcome.body;
    wire.signal?.throwIfAborted();
    if (attempt >= attempts || outcome.retryAfterMs === undefined) throw outcome.error;
    await wire.clock.sleep(Math.max(outcome.retryAfterMs, 250 * 2 ** attempt), wire.signal);
  }
}

type Outcome = { body: unknown } | { error: ClusterError; retryAfterMs: number | undefined };

async function attemptCall(wire: Wire, call: Call): Promise<Outcome> {
  const timeout = AbortSignal.timeout(wire.callTimeoutMs);
  const signal = wire.signal ? AbortSignal.any([wire.signal, timeout]) : timeout;
  try {
    const answer = await wire.send({
      method: methods[call.verb],
      path: call.path,
      headers: headersOf(call),
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      signal,
    });
    return judge(call, answer);
  } catch (error) {
    // no answer either, but not one to wait for: the bastion says the same the next time
    if (error instanceof SshRefusal) throw error;
    const detail = timeout.aborted
      ? `no answer within ${wire.callTimeoutMs} ms`
      : `no answer: ${messageOf(error)}`;
    return { error: new ClusterError(call, detail, { cause: error }), retryAfterMs: 0 };
  }
}

function headersOf(call: Call): Record<string, string> {
  const headers: Record<string, string> = { accept: call.accept ?? "application/json" };
  if (call.body !== undefined) headers["content-type"] = call.contentType ?? "application/json";
  return headers;
}

function judge(call: Call, answer: WireAnswer): Outcome {
  const body = decode(answer.text);
  const failure = { verb: call.verb, resource: call.resource, status: answer.status };
  if (answer.status >= 200 && answer.status < 300) {
    if (call.wants === "date") return { body: answer.headers.date };
    if (call.wants === "nothing") return { body: undefined };
    if (body !== undefined) return { body };
    const error = new ClusterError(
      failure,
      "the answer is not JSON; is this the address of an API server?",
    );
    return { error, retryAfterMs: undefined };
  }
  const status = (body ?? {}) as ApiStatus;
  const detail = detailOf(status) ?? (answer.text.trim().slice(0, 200) || "empty answer");
  const error = new ClusterError({ ...failure, reason: status.reason }, detail);
  return { error, retryAfterMs: retryDelay(answer, detail) };
}

interface ApiStatus {
  message?: string;
  reason?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
}

/** An eviction's message does not name the disruption budget that forbids it; its cause does. */
function detailOf({ message, details }: ApiStatus): string | undefined {
  const budgets = (details?.causes ?? []).filter(({ reason }) => reason === "DisruptionBudget");
  if (message === undefined || budgets.length === 0) return message;
  return [message, ...budgets.map((cause) => cause.message ?? "")].join(" ");
}

/**
 * 429: API priority and fairness asks to come back; 502, 503, 504: a load balancer without a
 * living API server behind it. A 500 says that the call itself met a defect: not repeated, unless
 * it is a webhook that the API server did not reach, as when its pod moves; nothing is stored then.
 */
function retryDelay(answer: WireAnswer, detail: string): number | undefined {
  const isUnreviewed = answer.status === 500 && detail.includes(unreviewed);
  if (!isUnreviewed && ![429, 502, 503, 504].includes(answer.status)) return undefined;
  const seconds = Number(answer.headers["retry-after"] ?? 0);
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, maxRetryAfterMs) : 0;
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
