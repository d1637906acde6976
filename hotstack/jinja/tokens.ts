/** A token of a Jinja expression. */
export interface Token {
  kind: "name" | "text" | "number" | "mark" | "end";
  text: string;
}

/** What an expression cannot hold here. */
export class JinjaFault extends Error {}

const pattern =
  /\s*(?:([A-Za-z_][A-Za-z0-9_]*)|("(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')|(\d+(?:\.\d+)?)|(==|!=|\/\/|\*\*|<=|>=|[|.()[\]:,~+*/%<>{}=-]))/y;

/** Cuts an expression into tokens; the last is the end. */
export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  const text = expression.trimEnd();
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new JinjaFault(`${text.slice(from).trim()} is not understood`);
    const [, name, quoted, number, mark] = match;
    if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (quoted !== undefined) tokens.push({ kind: "text", text: unquote(quoted) });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else tokens.push({ kind: "mark", text: mark ?? "" });
  }
  return [...tokens, { kind: "end", text: "the end" }];
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\([^])/g, (_, char: string) => escapes[char] ?? char);
}
