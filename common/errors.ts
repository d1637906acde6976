/** Bad input from the user: shown without a stack, every problem at once. */
export class InputError extends Error {
  override readonly name = "InputError";

  /**
   * @param subject what was read, e.g. `stack configuration` or `environments/sno.yaml`
   * @param problems one sentence each, starting with the key it is about
   */
  constructor(
    readonly subject: string,
    readonly problems: readonly string[],
  ) {
    super(
      problems.length === 1
        ? `${subject}: ${problems[0] ?? ""}`
        : `${subject}: ${problems.length} problems\n${problems.map((p) => `  - ${p}`).join("\n")}`,
    );
  }
}

/** A wait that met its deadline: what was waited for, how long, and the last thing seen. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";

  constructor(
    readonly what: string,
    readonly elapsedMs: number,
    readonly lastSeen: string,
  ) {
    super(
      `timed out after ${formatSeconds(elapsedMs)} waiting for ${what}; last seen: ${lastSeen}`,
    );
  }
}

/** The message of anything thrown, with the messages of its causes. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `: ${messageOf(error.cause)}`;
  return `${error.message}${cause}`;
}

/** `90500` → `1 m 30 s`; whole seconds from one minute on, tenths below. */
export function formatSeconds(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  const rest = Math.round(seconds) % 60;
  if (minutes < 60) return `${minutes} m ${rest} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}
