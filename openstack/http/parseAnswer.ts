import type { z } from "zod";
import { ApiError } from "./ApiError";
import type { Answer } from "./Transport";

/**
 * The answer's body as `schema` describes it.
 *
 * @throws {ApiError} naming each field that is missing or of another kind, but not its value
 */
export function parseAnswer<T>(answer: Answer, schema: z.ZodType<T>): T {
  const result = schema.safeParse(answer.body);
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  const { call, status, requestId, body } = answer;
  const { service, action, method, url } = call;
  throw new ApiError(
    { service, action, method, url, status, requestId, body },
    `the answer lacks what is needed: ${problems.join("; ")}`,
  );
}
