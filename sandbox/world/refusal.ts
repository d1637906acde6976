/**
 * What a service says no to. The world throws it; each service's HTTP face turns it into its own
 * error format.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: 400 | 401 | 403 | 404 | 406 | 409 | 413 | 500 | 503,
    message: string,
    /** Neutron's exception name, e.g. `PortNotFound`; the other services go by the status. */
    readonly type = "",
    /** Seconds, where the answer tells the client to come again. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** The thing, or the refusal that says it is not there. */
export function found<T>(thing: T | undefined, refuse: () => Refusal): T {
  if (thing === undefined) throw refuse();
  return thing;
}
