import type { Auth, Identified } from "../config/settings";

/** The body of Keystone's `POST /v3/auth/tokens`. */
export function authRequest(auth: Auth): { auth: Record<string, unknown> } {
  switch (auth.type) {
    case "password":
      return {
        auth: {
          identity: {
            methods: ["password"],
            password: { user: { ...referenceOf(auth.user), password: auth.password } },
          },
          scope: { project: referenceOf(auth.project) },
        },
      };
    case "token":
      return {
        auth: {
          identity: { methods: ["token"], token: { id: auth.token } },
          // Without a scope the new token has that of the old one.
          ...(auth.project === undefined ? {} : { scope: { project: referenceOf(auth.project) } }),
        },
      };
    case "v3applicationcredential":
      // The credential belongs to a project; Keystone refuses a scope beside it.
      return {
        auth: {
          identity: {
            methods: ["application_credential"],
            application_credential: { ...credentialOf(auth), secret: auth.secret },
          },
        },
      };
  }
}

function referenceOf(thing: Identified): Record<string, unknown> {
  return "id" in thing ? { id: thing.id } : { name: thing.name, domain: thing.domain };
}

function credentialOf({
  credential,
}: Extract<Auth, { type: "v3applicationcredential" }>): Record<string, unknown> {
  return "id" in credential
    ? { id: credential.id }
    : { name: credential.name, user: referenceOf(credential.user) };
}
