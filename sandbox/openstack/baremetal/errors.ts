import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Refusal } from "../../world/refusal";
import { titleOf, unauthorized, type Ctx } from "../face";

/** A refusal as Ironic writes it: an `error_message` that holds JSON as text. */
export function refuse(c: Ctx, { status, message, type }: Refusal): Response {
  if (status === 401) return unauthorized(c);
  // What pecan and WebOb refuse themselves has another form than what Ironic does.
  const isPecans = type.startsWith("HTTP");
  const text = isPecans
    ? `{"code": ${status}, "title": "${titleOf(status)}", "description": ${JSON.stringify(type === "HTTPNotFound" ? "" : message)}}`
    : `{"faultcode": "${status >= 500 ? "Server" : "Client"}", "faultstring": ${JSON.stringify(message)}, "debuginfo": null}`;
  return c.json({ error_message: text }, status as ContentfulStatusCode);
}
