import fc from "fast-check";
import {
  maxAttempts,
  parseRetryAfter,
  retryDelayMs,
  type Failure,
} from "../../../openstack/http/retry";

const answer = (status: number, retryAfterMs?: number): Failure => ({
  kind: "answer",
  status,
  retryAfterMs,
});
const connection = (code: string): Failure => ({ kind: "connection", code });

test.each<[string, Failure, boolean, boolean]>([
  // failure, sent again when idempotent, sent again when not
  ["429", answer(429), true, true],
  ["413 with Retry-After", answer(413, 1000), true, true],
  ["413 with 0", answer(413, 0), false, false],
  ["413 without", answer(413), false, false],
  ["502", answer(502), true, false],
  ["503", answer(503), true, false],
  ["503 with Retry-After", answer(503, 1000), true, false],
  ["504", answer(504), true, false],
  ["500", answer(500), false, false],
  ["409", answer(409), false, false],
  ["403", answer(403), false, false],
  ["refused", connection("ECONNREFUSED"), true, true],
  ["unknown name", connection("ENOTFOUND"), true, true],
  ["reset", connection("ECONNRESET"), true, false],
  ["closed", connection("UND_ERR_SOCKET"), true, false],
  ["bad certificate", connection("CERT_HAS_EXPIRED"), false, false],
])("%s", (_name, failure, idempotent, other) => {
  const isRetried = (is: boolean) => retryDelayMs(failure, is, 1, () => 0) !== undefined;
  expect([isRetried(true), isRetried(false)]).toEqual([idempotent, other]);
});

test("delays grow to a cap, never below Retry-After, and end", () => {
  const attempts = fc.integer({ min: 1, max: maxAttempts - 1 });
  const random = fc.double({ min: 0, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(attempts, random, fc.nat(100_000), (attempt, value, retryAfter) => {
      const delay = retryDelayMs(answer(429, retryAfter), false, attempt, () => value) ?? -1;
      expect(delay).toBeGreaterThanOrEqual(Math.max(retryAfter, 250));
      expect(delay).toBeLessThanOrEqual(Math.max(retryAfter, 8000));
    }),
  );
  expect(retryDelayMs(answer(429), true, maxAttempts, () => 0)).toBeUndefined();
});

test("Retry-After in seconds, as a date, or as nothing that can be read", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  expect(parseRetryAfter("3", now)).toBe(3000);
  expect(parseRetryAfter("Thu, 01 Jan 2026 00:01:00 GMT", now)).toBe(60_000);
  expect(parseRetryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now)).toBe(0);
  expect(parseRetryAfter("soon", now)).toBeUndefined();
  expect(parseRetryAfter(undefined, now)).toBeUndefined();
});
