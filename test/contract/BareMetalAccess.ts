import { request } from "undici";
import { loadCloud } from "../../openstack/config/loadCloud";
import { authRequest } from "../../openstack/identity/authRequest";
import { catalogSchema, endpointOf } from "../../openstack/identity/catalog";

/** Where an Ironic is, for an administrator and for a member of another project. */
export interface BareMetalCloud {
  admin: NodeJS.ProcessEnv;
  member: NodeJS.ProcessEnv;
}

/** What Ironic answered. */
export interface BareMetalAnswer {
  status: number;
  headers: Record<string, string | undefined>;
  body: unknown;
  /** What it says of a refusal. */
  fault: string;
}

/** The microversion of all calls that name no other: the newest of the released Ironic that is at hand. */
export const released = "1.82";

/** Raw calls to an Ironic as one user. */
export class BareMetalAccess {
  private constructor(
    readonly url: string,
    private readonly token: string,
  ) {}

  static async open(env: NodeJS.ProcessEnv): Promise<BareMetalAccess> {
    const settings = loadCloud({}, { env, cwd: "/", home: "/" });
    const answer = await request(`${settings.authUrl}/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(authRequest(settings.auth)),
    });
    const { token } = (await answer.body.json()) as { token: { catalog: unknown } };
    const catalog = catalogSchema.parse(token.catalog);
    const url = endpointOf("baremetal", catalog, settings, "").replace(/\/v1$/, "");
    return new BareMetalAccess(url, String(answer.headers["x-subject-token"]));
  }

  /** @param version the microversion; empty for none. @default {@link released} */
  async call(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
    version = released,
  ): Promise<BareMetalAnswer> {
    const answer = await request(`${this.url}${path}`, {
      method,
      headers: {
        "x-auth-token": this.token,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(version === "" ? {} : { "x-openstack-ironic-api-version": version }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    const parsed: unknown = text === "" ? "" : JSON.parse(text);
    const headers = answer.headers as Record<string, string | undefined>;
    return { status: answer.statusCode, headers, body: parsed, fault: faultIn(parsed) };
  }
}

function faultIn(body: unknown): string {
  const { error_message: text } = body as { error_message?: string };
  if (text === undefined) return "";
  const said = JSON.parse(text) as { faultstring?: string; description?: string };
  return said.faultstring ?? said.description ?? "";
}
