import { formatBytes, formatTime } from "./printable";
import type { SetView } from "./setView";
import { table } from "./table";

const headings = [
  "SNAP_ID",
  "ENVIRONMENT",
  "CAPTURED AT",
  "MEMBERS",
  "SIZE",
  "NOT AFTER",
  "STATE",
] as const;

/** The table of sets that `snapset list` prints. */
export function listing(sets: readonly SetView[]): string {
  if (sets.length === 0) return "There are no sets.";
  return table(headings, sets.map(rowOf));
}

function rowOf(set: SetView): string[] {
  return [
    set.snapId,
    set.environment ?? "-",
    formatTime(set.capturedAt),
    String(set.members.length),
    formatBytes(set.sizeBytes),
    set.notAfter === null ? "-" : formatTime(set.notAfter),
    stateText(set),
  ];
}

/** A set's state in words: why it cannot be restored, where it cannot. */
function stateText({ state, problems }: SetView): string {
  switch (state) {
    case "complete":
      return "complete";
    case "no manifest":
      return "no manifest: made by Hotstack";
    case "refused":
      return problems.join("; ");
  }
}
