import type { core } from "zod";

/**
 * Every problem that zod found, one sentence each, by the key it is about: `nodes[1].ports[0].mac:
 * must be a MAC address`.
 */
export function problemsOf(error: core.$ZodError): string[] {
  return error.issues.flatMap((issue) => describeIssue(issue, issue.path));
}

function describeIssue(issue: core.$ZodIssue, path: PropertyKey[]): string[] {
  const key = keyOf(path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((name) => `${keyOf([...path, name])}: unknown key`);
  }
  const meant = issue.code === "invalid_union" ? optionMeant(issue) : undefined;
  if (meant !== undefined) {
    return meant.flatMap((inner) => describeIssue(inner, [...path, ...inner.path]));
  }
  return [key === "" ? issue.message : `${key}: ${issue.message}`];
}

/** What is wrong with the one option that the value is of the kind of; of none or several, nothing. */
function optionMeant({ errors }: core.$ZodIssueInvalidUnion): core.$ZodIssue[] | undefined {
  const isOther = ({ code, path }: core.$ZodIssue) =>
    path.length === 0 && (code === "invalid_type" || code === "invalid_value");
  const [meant, another] = errors.filter((option) => !option.some(isOther));
  return another === undefined ? meant : undefined;
}

function keyOf(path: PropertyKey[]): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === "number") return `${key}[${part}]`;
    return key === "" ? String(part) : `${key}.${String(part)}`;
  }, "");
}
