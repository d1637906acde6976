import { request, type Dispatcher } from "undici";
import type { Clock } from "../../common/clock";
import { formatSeconds, messageOf, TimeoutError } from "../../common/errors";
import { ApiError, ConnectionError } from "./ApiError";
import type { CloudTime } from "./CloudTime";
import { parseRetryAfter, retryDelayMs, type Failure } from "./retry";

/** One request to a service. */
export interface Call {
  service: string;
  /** The API action's name. */
  action: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** @default application/json */
  contentType?: string;
  /** Whether it may be sent twice. @default true for GET, PUT and DELETE */
  isIdempotent?: boolean;
  /** For the whole call, its retries included. @default 60000 */
  deadlineMs?: number;
}

/** What a service answered, 2xx. */
export interface Answer {
  call: Call;
  status: number;
  requestId: string | undefined;
  headers: Record<string, string | string[] | undefined>;
  /** JSON when it was JSON, else text. */
  body: unknown;
}

/** What the transport is made of. */
export interface TransportOptions {
  dispatcher: Dispatcher;
  clock: Clock;
  /** Learns from the answers what time it is for the cloud. */
  time: CloudTime;
  random: () => number;
  /** Ends every call. */
  signal: AbortSignal | undefined;
  /** Takes secrets out of a text. */
  redact: (text: string) => string;
  /** Requests sent, by service: retries count. */
  requests: Record<string, number>;
}

const defaultDeadlineMs = 60_000;

/** Sends requests, again where that is safe and helps, and turns refusals into errors. */
export class Transport {
  constructor(private readonly options: TransportOptions) {}

  /**
   * @throws {ApiError} when the service refuses
   * @throws {ConnectionError} when no answer comes
   * @throws {TimeoutError} at the deadline
   */
  async send(call: Call): Promise<Answer> {
    const { clock, random } = this.options;
    const started = clock.now().getTime();
    const deadlineMs = call.deadlineMs ?? defaultDeadlineMs;
    const isIdempotent = call.isIdempotent ?? ["GET", "PUT", "DELETE"].includes(call.method);
    for (let attempt = 1; ; attempt++) {
      const leftMs = deadlineMs - (clock.now().getTime() - started);
      const outcome = await this.attempt(call, leftMs, deadlineMs);
      if ("answer" in outcome) return outcome.answer;
      const delay = retryDelayMs(outcome.failure, isIdempotent, attempt, random);
      const elapsed = clock.now().getTime() - started;
      if (delay === undefined || elapsed + delay >= deadlineMs) throw outcome.error;
      await clock.sleep(delay, this.options.signal);
    }
  }

  private async attempt(call: Call, leftMs: number, deadlineMs: number): Promise<Outcome> {
    const { requests, clock, signal, redact } = this.options;
    signal?.throwIfAborted();
    requests[call.service] = (requests[call.service] ?? 0) + 1;
    const expiry = new Expiry(clock, leftMs, signal);
    try {
      return this.judge(await this.exchange(call, expiry.signal));
    } catch (error) {
      signal?.throwIfAborted();
      if (expiry.isExpired) {
        const what = `${call.service} ${call.action}: ${call.method} ${call.url}`;
        throw new TimeoutError(what, deadlineMs, `no answer within ${formatSeconds(leftMs)}`);
      }
      const cause = new Error(redact(messageOf(error)));
      return {
        failure: { kind: "connection", code: codeOf(error) },
        error: new ConnectionError(call.service, call.action, call.method, call.url, cause),
      };
    } finally {
      expiry.cancel();
    }
  }

  private async exchange(call: Call, signal: AbortSignal): Promise<Answer> {
    const { clock, dispatcher, time } = this.options;
    const sent = clock.now();
    const response = await request(call.url, {
      dispatcher,
      method: call.method,
      signal,
      headers: {
        accept: "application/json",
        "user-agent": "snapset",
        ...(call.body === undefined
          ? {}
          : { "content-type": call.contentType ?? "application/json" }),
        ...call.headers,
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      // Our own deadline rules; undici's would end long calls at five minutes.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    time.observe(headerOf(response.headers, "date"), sent);
    const text = await response.body.text();
    return {
      call,
      status: response.statusCode,
      requestId:
        headerOf(response.headers, "x-openstack-request-id") ??
        // Ironic's (ironic `api/middleware`, before 1.107).
        headerOf(response.headers, "openstack-request-id"),
      headers: response.headers,
      body: parseBody(text, headerOf(response.headers, "content-type")),
    };
  }

  private judge(answer: Answer): Outcome {
    const { call, status, requestId, headers } = answer;
    if (status >= 200 && status < 300) return { answer };
    const body = redactBody(answer.body, this.options.redact);
    const { service, action, method, url } = call;
    const retryAfterMs = parseRetryAfter(headerOf(headers, "retry-after"), this.options.time.now());
    return {
      failure: { kind: "answer", status, retryAfterMs },
      error: new ApiError({ service, action, method, url, status, requestId, retryAfterMs, body }),
    };
  }
}

type Outcome = { answer: Answer } | { failure: Failure; error: Error };

/** Aborts at a deadline, or with the caller. */
class Expiry {
  isExpired = false;
  readonly signal: AbortSignal;
  private readonly timer = new AbortController();

  constructor(clock: Clock, ms: number, outer: AbortSignal | undefined) {
    const deadline = new AbortController();
    this.signal = outer ? AbortSignal.any([outer, deadline.signal]) : deadline.signal;
    clock.sleep(Math.max(ms, 0), this.timer.signal).then(
      () => {
        this.isExpired = true;
        deadline.abort();
      },
      () => undefined,
    );
  }

  cancel(): void {
    this.timer.abort();
  }
}

/** The first value of a header. */
export function headerOf(headers: Answer["headers"], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function parseBody(text: string, contentType: string | undefined): unknown {
  if (text === "" || contentType?.includes("json") !== true) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function redactBody(body: unknown, redact: (text: string) => string): unknown {
  if (typeof body === "string") return redact(body);
  if (Array.isArray(body)) return body.map((entry) => redactBody(entry, redact));
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, redactBody(value, redact)]),
  );
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === "string") return code;
  return cause instanceof Error ? codeOf(cause) : "";
}
