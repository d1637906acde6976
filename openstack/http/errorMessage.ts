const maxLength = 500;

/**
 * What a service says in the body of a refusal. Each has its own form: Nova and Cinder
 * `{"conflictingRequest": {"code", "message"}}`, Neutron `{"NeutronError": {"type", "message"}}`,
 * Keystone `{"error": {"message"}}`, Ironic `{"error_message": "<JSON with faultstring>"}`, Glance a
 * page of HTML.
 */
export function errorMessage(body: unknown): string {
  const text =
    typeof body === "string"
      ? textOfHtml(body)
      : // Asked for JSON, Glance breaks the lines of its messages as in the page.
        textOfJson(body)
          .replace(/\s*<br \/>\s*/g, " ")
          .trim();
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

function textOfJson(body: unknown): string {
  if (typeof body !== "object" || body === null) return "";
  if ("message" in body && typeof body.message === "string") return body.message;
  if ("faultstring" in body && typeof body.faultstring === "string") return body.faultstring;
  if ("error_message" in body) return faultOf(body.error_message);
  const [inner] = Object.values(body) as unknown[];
  if (typeof inner === "string") return inner;
  if (Array.isArray(inner)) return detailOf(inner[0]);
  return textOfJson(inner);
}

/** Ironic puts JSON into the text of its JSON, or the fault itself (ironic `api/middleware/json_ext.py`). */
function faultOf(fault: unknown): string {
  if (typeof fault !== "string") return textOfJson(fault);
  try {
    const { faultstring, description } = JSON.parse(fault) as Record<string, unknown>;
    const text = faultstring ?? description;
    return typeof text === "string" ? text : fault;
  } catch {
    return fault;
  }
}

/** Placement's form: `{"errors": [{"detail"}]}`. */
function detailOf(entry: unknown): string {
  const { detail } = (entry ?? {}) as { detail?: unknown };
  return typeof detail === "string" ? detail.trim() : "";
}

function textOfHtml(body: string): string {
  const main = /<body>([\s\S]*)<\/body>/i.exec(body)?.[1] ?? body;
  return main
    .replace(/<h1>[\s\S]*?<\/h1>/i, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&#x27;", "'")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim();
}
