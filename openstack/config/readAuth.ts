import type { Fields } from "./Fields";
import type { Auth, Identified } from "./settings";

const types: Record<string, Auth["type"]> = {
  password: "password",
  v3password: "password",
  token: "token",
  v3token: "token",
  v3applicationcredential: "v3applicationcredential",
};

/** Reads how to authenticate; problems go to `fields`. */
export function readAuth(fields: Fields): Auth | undefined {
  const given = fields.text("auth_type") ?? inferredType(fields);
  const type = types[given.toLowerCase()];
  switch (type) {
    case "password": {
      const user = identified(fields, "user", "username", "user_domain");
      const password = required(fields, "password", "missing");
      const project = identified(fields, "project", "project_name", "project_domain");
      return user && project && password !== undefined
        ? { type, user, password, project }
        : undefined;
    }
    case "token": {
      const token = required(fields, "token", "missing");
      const isScoped = fields.auth("project_id") ?? fields.auth("project_name");
      const project =
        isScoped === undefined
          ? undefined
          : identified(fields, "project", "project_name", "project_domain");
      return token === undefined ? undefined : { type, token, project };
    }
    case "v3applicationcredential":
      return readCredential(fields);
    case undefined:
      fields.problem(
        "auth_type",
        `\`${given}\` is not supported; allowed: password, token, v3applicationcredential`,
      );
      return undefined;
  }
}

function inferredType(fields: Fields): string {
  if (fields.auth("password") !== undefined) return "password";
  if (fields.auth("application_credential_secret") !== undefined) return "v3applicationcredential";
  return fields.auth("token") === undefined ? "password" : "token";
}

function readCredential(fields: Fields): Auth | undefined {
  const type = "v3applicationcredential";
  const secret = required(fields, "application_credential_secret", "missing");
  const id = fields.auth("application_credential_id");
  if (id !== undefined) {
    return secret === undefined ? undefined : { type, credential: { id }, secret };
  }
  const name = required(
    fields,
    "application_credential_name",
    "missing, and so is auth.application_credential_id; one of them is needed",
  );
  if (name === undefined) return undefined;
  const user = identified(fields, "user", "username", "user_domain");
  return user && secret !== undefined ? { type, credential: { name, user }, secret } : undefined;
}

function identified(
  fields: Fields,
  what: "user" | "project",
  nameKey: string,
  domainKey: string,
): Identified | undefined {
  const id = fields.auth(`${what}_id`);
  if (id !== undefined) return { id };
  const name = required(
    fields,
    nameKey,
    `missing, and so is auth.${what}_id; one of them is needed`,
  );
  if (name === undefined) return undefined;
  const domain = domainOf(fields, domainKey);
  if (domain !== undefined) return { name, domain };
  fields.problem(
    `auth.${domainKey}_name`,
    `missing; the domain that the ${what} \`${name}\` is in, often \`Default\``,
  );
  return undefined;
}

/** A domain said once counts for user and project: openstacksdk `_handle_domain_id`. */
function domainOf(fields: Fields, key: string): { id: string } | { name: string } | undefined {
  for (const candidate of [key, "domain", "default_domain"]) {
    const id = fields.auth(`${candidate}_id`);
    if (id !== undefined) return { id };
    const name = fields.auth(`${candidate}_name`);
    if (name !== undefined) return { name };
  }
  const name = fields.auth("default_domain");
  return name === undefined ? undefined : { name };
}

function required(fields: Fields, key: string, problem: string): string | undefined {
  const value = fields.auth(key);
  if (value === undefined) fields.problem(`auth.${key}`, problem);
  return value;
}
