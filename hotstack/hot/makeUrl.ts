import { isMap, type Value } from "../values";
import { pythonText } from "../python";
import { Misuse } from "./Misuse";

const keys = ["scheme", "username", "password", "host", "port", "path", "query", "fragment"];

/**
 * `make_url`: a URL of its parts, each escaped.
 *
 * Source: Heat `engine/hot/functions.py`, `MakeURL`; Python `urllib.parse`.
 */
export function makeUrl(args: Value): string {
  if (!isMap(args)) throw new Misuse("needs a map");
  const others = Object.keys(args).filter((key) => !keys.includes(key));
  if (others.length > 0) throw new Misuse(`takes ${keys.join(", ")}, not ${others.join(", ")}`);
  const text = (key: string) => {
    const value = args[key] ?? "";
    if (Array.isArray(value) || isMap(value)) throw new Misuse(`${key} must be a string`);
    return pythonText(value);
  };
  const scheme = text("scheme");
  if (scheme.includes(":")) throw new Misuse("scheme must not hold a colon");
  const place = `${login(text("username"), text("password"))}${host(text("host"))}${port(text("port"))}`;
  const path = quote(text("path"), "/");
  const query = args["query"] ?? {};
  if (!isMap(query)) throw new Misuse("query must be a map");
  const search = Object.entries(query)
    .map(([key, value]) => `${quotePlus(key)}=${quotePlus(pythonText(value))}`)
    .join("&");
  const fragment = quote(text("fragment"), "/");
  return [
    scheme === "" ? "" : `${scheme}:`,
    place === "" ? "" : `//${place}`,
    place !== "" && path !== "" && !path.startsWith("/") ? `/${path}` : path,
    search === "" ? "" : `?${search}`,
    fragment === "" ? "" : `#${fragment}`,
  ].join("");
}

function login(username: string, password: string): string {
  if (username === "" && password === "") return "";
  const secret = password === "" ? "" : `:${quote(password, "")}`;
  return `${quote(username, "")}${secret}@`;
}

function host(text: string): string {
  const quoted = quote(text.replace(/^\[(.*)\]$/, "$1"), ":");
  return quoted.includes(":") ? `[${quoted}]` : quoted;
}

function port(text: string): string {
  if (text === "") return "";
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new Misuse("port must be 1 to 65535");
  }
  return `:${text}`;
}

/** Python's `quote`: letters, digits, `_.-~` and what is safe stay. */
function quote(text: string, safe: string): string {
  const escaped = encodeURIComponent(text).replace(/[!'()*]/g, percent);
  return Array.from(safe).reduce(
    (it, char) => it.replaceAll(encodeURIComponent(char), char),
    escaped,
  );
}

function quotePlus(text: string): string {
  return quote(text, "/").replaceAll("%20", "+");
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
