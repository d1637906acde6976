/** `; the nearest is get_param`, or nothing when no name is near. */
export function nearestHint(name: string, known: Iterable<string>): string {
  const nearest = nearestOf(name, known);
  return nearest === undefined ? "" : `; the nearest is ${nearest}`;
}

/** The known name that differs in at most two letters, or a third of them in short ones. */
export function nearestOf(name: string, known: Iterable<string>): string | undefined {
  return mistypedAs(name, known)[0];
}

/**
 * The known names that a name may be meant for, the nearest first: those that are nearly the same,
 * then those that hold it, or are held in it (`rhel-9` and `rhel-9.4-x86_64`).
 */
export function nearestNames(name: string, known: Iterable<string>, most = 3): string[] {
  const candidates = new Set(known);
  const text = name.toLowerCase();
  const related = [...candidates].filter((candidate) => {
    const other = candidate.toLowerCase();
    return other !== "" && (other.includes(text) || text.includes(other));
  });
  return [...new Set([...mistypedAs(name, candidates), ...related])].slice(0, most);
}

function mistypedAs(name: string, known: Iterable<string>): string[] {
  const limit = Math.min(2, Math.ceil(name.length / 3));
  return [...known]
    .map((candidate) => ({ candidate, distance: distance(name, candidate) }))
    .filter((it) => it.distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .map((it) => it.candidate);
}

/** How many letters have to be changed, added or left out. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
