import { analyse, styleOf } from "./scalarStyle";

const bestIndent = 2;
const bestWidth = 80;

const escapes: Readonly<Record<string, string>> = {
  "\0": "0",
  "\x07": "a",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
  "\x1b": "e",
  '"': '"',
  "\\": "\\",
  "\x85": "N",
  "\xa0": "_",
  "\u2028": "L",
  "\u2029": "P",
};

/**
 * Lays YAML out as libyaml's emitter does with its defaults: indents of 2, lines folded beyond
 * column 80, nothing but ASCII.
 *
 * Source: libyaml `src/emitter.c`.
 */
export class Emitter {
  readonly #out: string[] = [];
  #column = 0;
  /** Whether the last thing written was white space, and whether the line holds nothing else. */
  #isWhitespace = true;
  #isIndention = true;
  #indent = -1;

  get text(): string {
    return this.#out.join("");
  }

  /** A mark such as `-`, `?`, `:` or `&id001`. */
  indicator(mark: string, options: { isSpaced: boolean; isIndention?: boolean }): void {
    if (options.isSpaced && !this.#isWhitespace) this.#put(" ");
    this.#put(mark);
    this.#isWhitespace = false;
    this.#isIndention &&= options.isIndention ?? false;
  }

  /** Whether a list in a mapping stays at the mapping's own indent: after its key it does. */
  get canShareIndent(): boolean {
    return !this.#isIndention;
  }

  /** Runs `work` one level further in; `isShared`: at the same indent. */
  indented(isShared: boolean, work: () => void): void {
    const before = this.#indent;
    if (before < 0) this.#indent = 0;
    else if (!isShared) this.#indent += bestIndent;
    work();
    this.#indent = before;
  }

  /** Begins a line at the present indent, unless one has just begun. */
  newLine(): void {
    const indent = Math.max(this.#indent, 0);
    const isBegun = this.#isIndention && this.#column <= indent;
    if (!isBegun || (this.#column === indent && !this.#isWhitespace)) this.#break("\n");
    while (this.#column < indent) this.#put(" ");
    this.#isWhitespace = true;
    this.#isIndention = true;
  }

  /** @param isImplicit whether the plain text would be read as what it is */
  scalar(text: string, isImplicit: boolean, isSimpleKey: boolean): void {
    const before = this.#indent;
    this.#indent = before < 0 ? bestIndent : before + bestIndent;
    switch (styleOf(analyse(text), isImplicit, isSimpleKey)) {
      case "plain":
        if (!this.#isWhitespace && text !== "") this.#put(" ");
        this.#folded(text, !isSimpleKey, false);
        break;
      case "single":
        this.indicator("'", { isSpaced: true });
        this.#folded(text, !isSimpleKey, true);
        this.indicator("'", { isSpaced: false });
        break;
      case "double":
        this.indicator('"', { isSpaced: true });
        this.#escaped(text, !isSimpleKey);
        this.indicator('"', { isSpaced: false });
        break;
    }
    this.#isWhitespace = false;
    this.#isIndention = false;
    this.#indent = before;
  }

  #put(text: string): void {
    this.#out.push(text);
    this.#column += text.length;
  }

  #break(text: string): void {
    this.#out.push(text);
    this.#column = 0;
  }

  /** A plain or single-quoted scalar: a space may become a line's end, a break becomes two. */
  #folded(text: string, canBreak: boolean, isQuoted: boolean): void {
    let isAfterSpace = false;
    let isAfterBreak = false;
    for (let i = 0; i < text.length; i += 1) {
      const char = text.charAt(i);
      if (char === " ") {
        const isInside = !isQuoted || (i > 0 && i < text.length - 1);
        const isFold = canBreak && !isAfterSpace && this.#column > bestWidth && isInside;
        if (isFold && text.charAt(i + 1) !== " ") this.newLine();
        else this.#put(char);
        isAfterSpace = true;
      } else if (char === "\n") {
        if (!isAfterBreak) this.#break("\n");
        this.#break("\n");
        this.#isIndention = true;
        isAfterBreak = true;
      } else {
        if (isAfterBreak) this.newLine();
        this.#put(isQuoted && char === "'" ? "''" : char);
        this.#isIndention = false;
        isAfterSpace = false;
        isAfterBreak = false;
      }
    }
    if (isQuoted && isAfterBreak) this.newLine();
  }

  #escaped(text: string, canBreak: boolean): void {
    const chars = Array.from(text);
    let isAfterSpace = false;
    for (const [i, char] of chars.entries()) {
      if (char !== " ") {
        this.#put(isPlainInQuotes(char) ? char : escape(char));
        isAfterSpace = false;
        continue;
      }
      const isInside = i > 0 && i < chars.length - 1;
      if (canBreak && !isAfterSpace && this.#column > bestWidth && isInside) {
        this.newLine();
        if (chars[i + 1] === " ") this.#put("\\");
      } else {
        this.#put(char);
      }
      isAfterSpace = true;
    }
  }
}

function isPlainInQuotes(char: string): boolean {
  return char >= " " && char <= "~" && char !== '"' && char !== "\\";
}

function escape(char: string): string {
  const short = escapes[char];
  if (short !== undefined) return `\\${short}`;
  const hex = (char.codePointAt(0) ?? 0).toString(16).toUpperCase();
  if (hex.length <= 2) return `\\x${hex.padStart(2, "0")}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
