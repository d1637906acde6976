import { multipart } from "../../../hotstack/userData/multipart";
// Each `text` is what Python 3.12's email package makes of `parts` by Heat's code.
import fixtures from "./python.json";

const boundary = /={15}\d{19}==/g;

describe("multipart", () => {
  it.each(fixtures)("writes what Heat writes: $parts", ({ parts, text }) => {
    expect(multipart(parts).replaceAll(boundary, "BOUNDARY")).toBe(text);
  });

  it("has the same boundary for the same parts, and another one for others", () => {
    const of = (content: string) =>
      multipart([{ content, subtype: "", fileName: "" }]).match(boundary)?.[0];
    expect(of("a")).toBe(of("a"));
    expect(of("a")).not.toBe(of("b"));
  });
});
