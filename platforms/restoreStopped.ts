/** A restore that did not end, after its first change. */
export class RestoreStopped extends Error {
  override readonly name = "RestoreStopped";

  /** @param reasons what went wrong, and the ways out */
  constructor(
    readonly reasons: string[],
    cause: unknown,
  ) {
    super(reasons.join("\n"), { cause });
  }
}
