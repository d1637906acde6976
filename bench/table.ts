/** Measurements, ready to be shown. */
export interface Table {
  title: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** What one must know to read it. */
  notes?: readonly string[];
}

/** A table in Markdown, its columns aligned so that a terminal shows it well, too. */
export function renderTable({ title, head, rows, notes = [] }: Table): string {
  const widths = head.map((heading, i) =>
    Math.max(3, heading.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => (cells[i] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  const below = notes.length === 0 ? [] : ["", ...notes];
  return [title, "", line(head), rule, ...rows.map(line), ...below].join("\n");
}
