import { z } from "zod";
import type { CloudSettings } from "../config/settings";
import { ApiError, isUnauthorized } from "../http/ApiError";
import { parseAnswer } from "../http/parseAnswer";
import type { Redactor } from "../http/redact";
import { Slots } from "../http/Slots";
import { headerOf, type Answer, type Call, type Transport } from "../http/Transport";
import { authRequest } from "./authRequest";
import { catalogSchema, type Catalog } from "./catalog";

/** What Keystone says about a token's owner. */
export interface Identity {
  token: string;
  projectId: string;
  userId: string;
  roles: string[];
  catalog: Catalog;
}

const tokenSchema = z.object({
  token: z.object({
    project: z.object({ id: z.string() }),
    user: z.object({ id: z.string() }),
    roles: z.array(z.object({ name: z.string() })),
    catalog: catalogSchema,
  }),
});

/** Requests under way at once: a thousand calls need neither a thousand sockets nor a thousand tokens. */
export const maxConcurrent = 32;

/**
 * One token for all callers. When a service no longer accepts it, it is renewed once for everyone
 * who waits. Its expiry is not looked at: the local clock may be wrong, and Keystone may revoke.
 */
export class Session {
  private current: Promise<Identity> | undefined;
  private readonly slots = new Slots(maxConcurrent);

  constructor(
    private readonly settings: CloudSettings,
    private readonly transport: Transport,
    private readonly redactor: Redactor,
  ) {}

  /** @throws {ApiError} when Keystone does not accept the credentials */
  identity(): Promise<Identity> {
    this.current ??= this.authenticate();
    return this.current;
  }

  /**
   * Sends a call with the token, a second time with a new one if the first is not accepted. At most
   * 32 are under way, reads first; a call's deadline begins when its turn comes.
   */
  readonly send = (call: Call): Promise<Answer> =>
    this.slots.run(() => this.sendNow(call), { isUrgent: call.method === "GET" });

  private async sendNow(call: Call): Promise<Answer> {
    const used = this.identity();
    const { token } = await used;
    try {
      return await this.transport.send(withToken(call, token));
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      // Of several callers with one stale token the first gets here before a new one is asked for.
      if (this.current === used) this.current = this.authenticate();
      const renewed = await this.identity();
      return this.transport.send(withToken(call, renewed.token));
    }
  }

  private async authenticate(): Promise<Identity> {
    try {
      return await this.requestToken();
    } catch (error) {
      // A failure is not kept: the next caller asks again.
      this.current = undefined;
      throw error;
    }
  }

  private async requestToken(): Promise<Identity> {
    const answer = await this.transport.send({
      service: "identity",
      action: "createToken",
      method: "POST",
      url: `${this.settings.authUrl}/auth/tokens`,
      body: authRequest(this.settings.auth),
      // A token too many harms nobody.
      isIdempotent: true,
    });
    const token = headerOf(answer.headers, "x-subject-token");
    if (token === undefined) throw withoutToken(answer);
    this.redactor.add(token);
    const { project, user, roles, catalog } = parseAnswer(answer, tokenSchema).token;
    return {
      token,
      projectId: project.id,
      userId: user.id,
      roles: roles.map(({ name }) => name),
      catalog,
    };
  }
}

function withToken(call: Call, token: string): Call {
  return { ...call, headers: { ...call.headers, "x-auth-token": token } };
}

function withoutToken({ call, status, requestId, body }: Answer): ApiError {
  const { service, action, method, url } = call;
  return new ApiError(
    { service, action, method, url, status, requestId, body },
    "the answer has no X-Subject-Token header",
  );
}
