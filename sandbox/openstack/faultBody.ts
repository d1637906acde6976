import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Refusal } from "../world/refusal";
import { unauthorized, type Ctx } from "./face";

const kinds: Record<number, string> = {
  400: "badRequest",
  403: "forbidden",
  404: "itemNotFound",
  409: "conflictingRequest",
  413: "overLimit",
  429: "overLimit",
  503: "serviceUnavailable",
};

/** A refusal as Nova and Cinder write it: `{"itemNotFound": {"code": 404, "message": …}}`. */
export function faultBody(fallback: string) {
  return (c: Ctx, { status, message, retryAfter }: Refusal): Response => {
    if (status === 401) return unauthorized(c);
    const kind = kinds[status] ?? fallback;
    const again = retryAfter === undefined ? {} : { retryAfter: String(retryAfter) };
    return c.json({ [kind]: { code: status, message, ...again } }, status as ContentfulStatusCode, {
      "content-type": "application/json; charset=UTF-8",
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    });
  };
}
