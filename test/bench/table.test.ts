import { renderTable } from "../../bench/table";

it("renders a table in Markdown, aligned, with its notes below", () => {
  const table = {
    title: "Speed",
    head: ["N", "time"],
    rows: [
      ["2", "1.23 s"],
      ["16", "12.34 s"],
    ],
    notes: ["Measured once."],
  };
  expect(renderTable(table)).toBe(
    [
      "Speed",
      "",
      "| N   | time    |",
      "| --- | ------- |",
      "| 2   | 1.23 s  |",
      "| 16  | 12.34 s |",
      "",
      "Measured once.",
    ].join("\n"),
  );
});
