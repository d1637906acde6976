/**
 * How a dynamic provider says that it stopped half-way: Pulumi keeps `properties` as the resource's
 * outputs, shows `reasons` (and not the message), and calls `update` at the next `up`.
 *
 * `reasons` are stored in clear.
 */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";

  constructor(
    readonly id: string,
    readonly properties: Record<string, unknown>,
    readonly reasons: string[],
    options?: ErrorOptions,
  ) {
    super(reasons.join("\n"), options);
  }
}
