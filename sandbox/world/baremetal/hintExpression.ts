type Comparison = (value: number, bound: number) => boolean;

// As oslo_utils/specs_matcher.py has them: a single = means "at least".
const numeric: Readonly<Record<string, Comparison>> = {
  "<=": (value, bound) => value <= bound,
  ">=": (value, bound) => value >= bound,
  "==": (value, bound) => value === bound,
  "!=": (value, bound) => value !== bound,
  "<": (value, bound) => value < bound,
  ">": (value, bound) => value > bound,
  "=": (value, bound) => value >= bound,
};

const textual: Readonly<Record<string, (value: string, other: string) => boolean>> = {
  "s<=": (value, other) => value <= other,
  "s>=": (value, other) => value >= other,
  "s==": (value, other) => value === other,
  "s!=": (value, other) => value !== other,
  "s<": (value, other) => value < other,
  "s>": (value, other) => value > other,
};

/**
 * Whether a device's value matches a root device hint: `>= 100`, `<or> a <or> b`, `<in> ssd`,
 * `<all-in> a b`, `s!= x`, or just the value. Upper and lower case are the same.
 */
export function matchesHint(value: string | number, hint: string): boolean {
  const expression = hint.trim().toLowerCase();
  const own = String(value).toLowerCase();
  if (expression.startsWith("<or>")) return values(expression, "<or>").includes(own);
  if (expression.startsWith("<in>")) return own.includes(values(expression, "<in>").join(" "));
  if (expression.startsWith("<all-in>")) {
    return values(expression, "<all-in>")
      .flatMap((part) => part.split(/\s+/))
      .every((part) => own.includes(part));
  }
  for (const [operator, compare] of Object.entries(textual)) {
    if (expression.startsWith(operator)) {
      return compare(own, expression.slice(operator.length).trim());
    }
  }
  for (const [operator, compare] of Object.entries(numeric)) {
    if (expression.startsWith(operator)) {
      return compare(Number(value), Number(expression.slice(operator.length)));
    }
  }
  return typeof value === "number" ? value === Number(expression) : own === expression;
}

function values(expression: string, operator: string): string[] {
  return expression
    .split(operator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
