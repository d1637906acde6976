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
  return (c: Ctx, { status, message }: Refusal): Response => {
    if (status === 401) return unauthorized(c);
    const kind = kinds[status] ?? fallback;
    return c.json({ [kind]: { code: status, message } }, status as ContentfulStatusCode, {
      "content-type": "application/json; charset=UTF-8",
    });
  };
}
