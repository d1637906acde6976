import type { SnapshotRow } from "../snapset/kubevirt/snapshotRow";
import { formatTime, printable } from "./printable";
import { table } from "./table";

const headings = ["NAME", "SET", "CREATED AT", "STATUS", "INDICATIONS", "DISKS", "DESCRIPTION"];

/** The table of a machine's snapshots that `snapset list --vm` prints; foreign ones are marked. */
export function snapshotListing(machine: string, rows: readonly SnapshotRow[]): string {
  if (rows.length === 0) return `There are no snapshots of ${printable(machine)}.`;
  return table(
    headings,
    rows.map((row) => [
      row.name,
      row.snapId ?? "(not ours)",
      formatTime(row.createdAt),
      statusText(row),
      row.indications.join(" ") || "-",
      disksText(row),
      row.description || "-",
    ]),
  );
}

function statusText({ phase, isReady, error }: SnapshotRow): string {
  const status = isReady ? "ready" : phase || "no status";
  return error === null ? status : `${status}: ${error}`;
}

function disksText({ disks: { included, excluded } }: SnapshotRow): string {
  const without = excluded.length === 0 ? "" : ` without ${excluded.join(" ")}`;
  return `${included.join(" ") || "-"}${without}`;
}
