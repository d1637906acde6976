import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError } from "../../common/errors";
import { Fields } from "./Fields";
import type { Mapping, Surroundings } from "./files";
import { readAuth } from "./readAuth";
import type { CloudSettings, Interface, Service } from "./settings";

const interfaces: Record<string, Interface> = {
  public: "public",
  publicurl: "public",
  internal: "internal",
  internalurl: "internal",
  admin: "admin",
  adminurl: "admin",
};

/** The names that each service has in `<name>_endpoint_override`. */
const overrideKeys: Record<Service, string[]> = {
  compute: ["compute"],
  image: ["image"],
  network: ["network"],
  "block-storage": ["block_storage", "volumev3", "volume"],
  baremetal: ["baremetal", "bare_metal"],
};

/**
 * Reads the settings of one cloud.
 *
 * @param region wins over the cloud's own
 * @throws {InputError} with every problem
 */
export function readCloud(
  name: string,
  cloud: Mapping,
  region: string | undefined,
  surroundings: Surroundings,
): CloudSettings {
  const fields = new Fields(cloud);
  const authUrl = readAuthUrl(fields);
  const auth = readAuth(fields);
  const settings = {
    cloud: name,
    region: region ?? fields.first("regions") ?? fields.first("region_name"),
    interface: readInterface(fields),
    endpointOverrides: readOverrides(fields),
    tls: readTls(fields, surroundings),
  };
  if (fields.problems.length > 0 || authUrl === undefined || auth === undefined) {
    throw new InputError(`cloud \`${name}\``, fields.problems);
  }
  return { ...settings, authUrl, auth };
}

function readAuthUrl(fields: Fields): string | undefined {
  const text = fields.auth("auth_url");
  if (text === undefined) {
    const profile = fields.text("profile") ?? fields.text("cloud");
    fields.problem(
      "auth.auth_url",
      profile === undefined ? "missing" : "missing; vendor profiles are not read, write it here",
    );
    return undefined;
  }
  const url = readUrl(fields, "auth.auth_url", text);
  return url === undefined ? undefined : `${url.replace(/\/v(2\.0|3)$/, "")}/v3`;
}

function readOverrides(fields: Fields): Partial<Record<Service, string>> {
  const overrides: Partial<Record<Service, string>> = {};
  for (const [service, names] of Object.entries(overrideKeys) as [Service, string[]][]) {
    for (const name of names) {
      const key = `${name}_endpoint_override`;
      const text = fields.text(key);
      if (text === undefined) continue;
      const url = readUrl(fields, key, text);
      if (url !== undefined) overrides[service] ??= url;
    }
  }
  return overrides;
}

/** Without a slash at its end. What it holds is not repeated in problems: it may be a password. */
function readUrl(fields: Fields, key: string, text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    fields.problem(key, "must be an http or https URL");
    return undefined;
  }
  if (url.username !== "" || url.password !== "") {
    fields.problem(key, "must not hold a user or a password");
    return undefined;
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function readInterface(fields: Fields): Interface {
  const text = fields.text("interface") ?? fields.text("endpoint_type") ?? "public";
  const known = interfaces[text.toLowerCase()];
  if (known === undefined) fields.problem("interface", "must be public, internal or admin");
  return known ?? "public";
}

function readTls(fields: Fields, surroundings: Surroundings): CloudSettings["tls"] {
  const isInsecure = fields.flag("insecure") ?? false;
  const tls: CloudSettings["tls"] = {
    rejectUnauthorized: !isInsecure && (fields.flag("verify") ?? true),
  };
  for (const [setting, key] of [
    ["ca", "cacert"],
    ["cert", "cert"],
    ["key", "key"],
  ] as const) {
    const path = fields.text(key);
    if (path === undefined) continue;
    const pem = readPem(fields, key, path, surroundings);
    if (pem !== undefined) tls[setting] = pem;
  }
  if (fields.text("key") !== undefined && fields.text("cert") === undefined) {
    fields.problem("cert", "missing; `key` is given, the certificate it belongs to is not");
  }
  return tls;
}

function readPem(
  fields: Fields,
  key: string,
  path: string,
  { cwd, home }: Surroundings,
): string | undefined {
  const file = path.startsWith("~/") ? join(home, path.slice(2)) : resolve(cwd, path);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    fields.problem(key, `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? ""})`);
    return undefined;
  }
}
