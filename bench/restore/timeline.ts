/** One thing that the engine did, in milliseconds since the command began. */
export interface Step {
  type: string;
  name: string;
  startMs: number;
  endMs: number;
}

const begun = /^\s*[+-]+\s+(\S+) (\S+) (?:creating|deleting)\b/;
const ended = /^\s*[+-]+\s+(\S+) (\S+) (?:created|deleted)\b/;

/** Reads off the lines of a command, as they come, when each resource was begun and done. */
export class Timeline {
  private readonly open = new Map<string, number>();
  private readonly done: Step[] = [];
  private beganAt = 0;

  /** @param now milliseconds of any clock that only goes on */
  constructor(private readonly now: () => number) {}

  begin(): void {
    this.beganAt = this.now();
    this.open.clear();
    this.done.length = 0;
  }

  take(line: string): void {
    const [, startedType = "", startedName = ""] = begun.exec(line) ?? [];
    const at = this.now() - this.beganAt;
    if (startedType !== "") this.open.set(`${startedType} ${startedName}`, at);
    const [, type = "", name = ""] = ended.exec(line) ?? [];
    const startMs = this.open.get(`${type} ${name}`);
    // A component, or the stack, has no work of its own.
    if (startMs === undefined || /^(snapset|pulumi):/.test(type)) return;
    this.open.delete(`${type} ${name}`);
    this.done.push({ type, name, startMs, endMs: at });
  }

  get steps(): readonly Step[] {
    return this.done;
  }
}

/**
 * What the end waited for: the step that ended last, before it the one that ended last when it
 * began, and so on to the first.
 *
 * @param toleranceMs by how much a step may seem to begin before the one that it waited for ended
 */
export function criticalPath(steps: readonly Step[], toleranceMs = 100): Step[] {
  const path: Step[] = [];
  let until = Infinity;
  for (;;) {
    const before = steps.filter((it) => it.endMs <= until && !path.includes(it));
    const last = before.toSorted((a, b) => b.endMs - a.endMs)[0];
    if (last === undefined) return path.reverse();
    path.push(last);
    until = last.startMs + toleranceMs;
  }
}
