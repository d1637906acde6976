import type { Value } from "../values";
import { JinjaFault, tokensOf, type Token } from "./tokens";

/** The part of Jinja's expressions that variables are written in. */
export type Expression =
  | { kind: "literal"; value: Value }
  | { kind: "name"; name: string }
  | { kind: "list"; items: Expression[] }
  | { kind: "item"; of: Expression; key: Expression }
  | { kind: "slice"; of: Expression; from: Expression | undefined; to: Expression | undefined }
  | { kind: "filter"; of: Expression; name: string; args: Expression[]; named: Named }
  | { kind: "join"; parts: Expression[] };

export type Named = Record<string, Expression>;

const literals: Readonly<Record<string, Value>> = {
  ...{ true: true, True: true, false: false, False: false, none: null, None: null },
};

/**
 * Reads one expression.
 *
 * @throws {JinjaFault} naming what is not supported
 */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokensOf(text));
  const expression = parser.expression();
  parser.expectEnd();
  return expression;
}

class Parser {
  #next = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  /** `a ~ b`: filters bind more tightly. */
  expression(): Expression {
    const parts = [this.#filtered()];
    while (this.#takes("~")) parts.push(this.#filtered());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: "join", parts };
  }

  expectEnd(): void {
    const { kind, text } = this.#token;
    if (kind !== "end") throw new JinjaFault(`${text} is not supported in an expression`);
  }

  #filtered(): Expression {
    let expression = this.#postfix();
    while (this.#takes("|")) {
      let name = this.#name();
      while (this.#takes(".")) name = `${name}.${this.#name()}`;
      const { args, named } = this.#takes("(") ? this.#arguments() : { args: [], named: {} };
      expression = { kind: "filter", of: expression, name, args, named };
    }
    return expression;
  }

  #arguments(): { args: Expression[]; named: Named } {
    const args: Expression[] = [];
    const named: Named = {};
    while (!this.#takes(")")) {
      if (args.length + Object.keys(named).length > 0) this.#expect(",");
      const isNamed = this.#token.kind === "name" && this.tokens[this.#next + 1]?.text === "=";
      if (!isNamed) {
        args.push(this.expression());
        continue;
      }
      const name = this.#name();
      this.#expect("=");
      named[name] = this.expression();
    }
    return { args, named };
  }

  #postfix(): Expression {
    let expression = this.#primary();
    for (;;) {
      if (this.#takes(".")) {
        const key: Expression = { kind: "literal", value: this.#name() };
        expression = { kind: "item", of: expression, key };
      } else if (this.#takes("[")) {
        expression = this.#subscript(expression);
      } else if (this.#token.text === "(" && this.#token.kind === "mark") {
        throw new JinjaFault("calls of functions are not supported");
      } else {
        return expression;
      }
    }
  }

  #subscript(of: Expression): Expression {
    const from = this.#isMark(":") ? undefined : this.expression();
    if (!this.#takes(":")) {
      this.#expect("]");
      return { kind: "item", of, key: from ?? { kind: "literal", value: null } };
    }
    const to = this.#isMark("]") ? undefined : this.expression();
    this.#expect("]");
    return { kind: "slice", of, from, to };
  }

  #primary(): Expression {
    const token = this.#token;
    this.#next += 1;
    switch (token.kind) {
      case "text":
        return { kind: "literal", value: token.text };
      case "number":
        return { kind: "literal", value: Number(token.text) };
      case "name":
        return token.text in literals
          ? { kind: "literal", value: literals[token.text] ?? null }
          : this.#variable(token.text);
      default:
        return this.#marked(token);
    }
  }

  #variable(name: string): Expression {
    if (["not", "and", "or", "if", "else", "is", "in"].includes(name)) {
      throw new JinjaFault(`${name} is not supported in an expression`);
    }
    return { kind: "name", name };
  }

  #marked({ text }: Token): Expression {
    if (text === "-" && this.#token.kind === "number") {
      const { text: digits } = this.#token;
      this.#next += 1;
      return { kind: "literal", value: -Number(digits) };
    }
    if (text === "(") {
      const inner = this.expression();
      this.#expect(")");
      return inner;
    }
    if (text !== "[") throw new JinjaFault(`${text} is not supported in an expression`);
    const items: Expression[] = [];
    while (!this.#takes("]")) {
      if (items.length > 0) this.#expect(",");
      items.push(this.expression());
    }
    return { kind: "list", items };
  }

  get #token(): Token {
    return this.tokens[this.#next] ?? { kind: "end", text: "the end" };
  }

  #isMark(text: string): boolean {
    return this.#token.kind === "mark" && this.#token.text === text;
  }

  #takes(text: string): boolean {
    if (!this.#isMark(text)) return false;
    this.#next += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) throw new JinjaFault(`expected ${text}, got ${this.#token.text}`);
  }

  #name(): string {
    const { kind, text } = this.#token;
    if (kind !== "name") throw new JinjaFault(`expected a name, got ${text}`);
    this.#next += 1;
    return text;
  }
}
