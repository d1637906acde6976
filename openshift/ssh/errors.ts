import { messageOf, TimeoutError } from "../../common/errors";

/** No SSH connection, or one that ended: a host that boots or a network that breaks, worth trying again. */
export class SshConnectionError extends Error {
  override readonly name = "SshConnectionError";

  /**
   * @param subject the other end, e.g. `bastion core@10.0.0.5:22`
   * @param detail what happened, completing "subject: …"
   */
  constructor(
    readonly subject: string,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${subject}: ${detail}`, options);
  }
}

/** SSH says no and will say so again: a wrong host key, a refused login, a forbidden forwarding. */
export class SshRefusal extends Error {
  override readonly name = "SshRefusal";

  /**
   * @param subject the other end, e.g. `bastion core@10.0.0.5:22`
   * @param detail what was refused and what can be done, completing "subject: …"
   */
  constructor(
    readonly subject: string,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${subject}: ${detail}`, options);
  }
}

/** The words of a failure after which SSH is worth trying again; undefined for others. */
export function passingProblem(error: unknown): string | undefined {
  const mayPass = error instanceof SshConnectionError || error instanceof TimeoutError;
  return mayPass ? messageOf(error) : undefined;
}
