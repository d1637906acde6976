import { Composer, LineCounter, Parser } from "yaml";
import type { CST, Document } from "yaml";

/** How deep lists and maps may be nested in each other. */
export const maxDepth = 100;
/** What is said of what is deeper. */
export const tooDeep = `is nested deeper than ${maxDepth} levels`;

/** Something that is wrong in a YAML text; line and column count from 1. */
export interface YamlProblem {
  line: number;
  column: number;
  text: string;
  /** Whether it is about the place, not the text as a whole. */
  isPlaced: boolean;
}

/** A document, or what is wrong with its text. */
export type Composed =
  { document: Document.Parsed; lines: LineCounter } | { problems: YamlProblem[] };

/** By which rules scalars are read, and how large a text may be, in bytes. */
export interface ComposeOptions {
  schema: "core" | "failsafe";
  maxBytes: number;
  /** What to add to the limit when it is named. */
  because?: string;
}

/**
 * Puts the one document of a YAML text together. Refused are a text that is too large, one that is
 * nested too deep, every syntax error, and several documents.
 */
export function composeYaml(text: string, options: ComposeOptions): Composed {
  const { schema, maxBytes, because = "" } = options;
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) {
    return { problems: [whole(`has ${bytes} bytes; at most ${maxBytes} are read${because}`)] };
  }
  const lines = new LineCounter();
  const placed = (offset: number, said: string): YamlProblem => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, text: said, isPlaced: true };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deep = tooDeepAt(tokens);
  if (deep !== undefined) return { problems: [placed(deep, tooDeep)] };
  const composer = new Composer({ schema });
  const [document, ...others] = composer.compose(tokens, true, text.length);
  const problems = [document, ...others]
    .flatMap((it) => it?.errors ?? [])
    .map(({ pos, message }) => placed(pos[0], message));
  if (others.length > 0) problems.push(whole("holds several documents"));
  return document === undefined || problems.length > 0 ? { problems } : { document, lines };
}

function whole(text: string): YamlProblem {
  return { line: 1, column: 1, text, isPlaced: false };
}

/**
 * Where the nesting gets too deep; undefined where it does not. It is looked for before the document
 * is put together, which takes a stack frame for each level: with too many, V8 may end the process.
 */
function tooDeepAt(tokens: readonly CST.Token[]): number | undefined {
  const open: { token: CST.Token; depth: number }[] = tokens
    .map((token) => ({ token, depth: 0 }))
    .toReversed();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > maxDepth) return token.offset;
    for (const inner of partsOf(token)) open.push({ token: inner, depth: depth + 1 });
  }
  return undefined;
}

function partsOf(token: CST.Token): CST.Token[] {
  if (token.type === "document") return token.value === undefined ? [] : [token.value];
  if (!("items" in token)) return [];
  return token.items
    .flatMap((item) => [item.key, item.value])
    .filter((part): part is CST.Token => part !== undefined && part !== null);
}
