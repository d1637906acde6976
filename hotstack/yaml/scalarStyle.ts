/** What libyaml looks at before it chooses how to write a scalar outside of flow collections. */
export interface Analysis {
  isEmpty: boolean;
  isMultiline: boolean;
  isPlainAllowed: boolean;
  isSingleQuotedAllowed: boolean;
}

/**
 * Source: libyaml `src/emitter.c`, `yaml_emitter_analyze_scalar`; with `allow_unicode` off, all that
 * is not ASCII is special.
 */
export function analyse(text: string): Analysis {
  if (text === "") {
    return { isEmpty: true, isMultiline: false, isPlainAllowed: true, isSingleQuotedAllowed: true };
  }
  const isSpecial = /[^\n\x20-\x7e]/.test(text);
  const isMultiline = /[\n\r\x85\u2028\u2029]/.test(text);
  const hasOuterSpace = /^[ \n]|[ \n]$/.test(text);
  const hasSpaceAfterBreak = text.includes("\n ");
  const hasSpaceBeforeBreak = text.includes(" \n");
  return {
    isEmpty: false,
    isMultiline,
    isPlainAllowed:
      !isSpecial && !isMultiline && !hasOuterSpace && !hasSpaceAfterBreak && !hasIndicator(text),
    isSingleQuotedAllowed: !isSpecial && !hasSpaceAfterBreak && !hasSpaceBeforeBreak,
  };
}

/** Whether the text holds, where it counts, what YAML would read as more than text. */
function hasIndicator(text: string): boolean {
  return (
    /^(?:---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[?:-](?:\s|$)/.test(text) ||
    /:(?:\s|$)/.test(text.slice(1)) ||
    /\s#/.test(text)
  );
}

/** @param isImplicit whether the plain text would be read as what it is */
export function styleOf(
  it: Analysis,
  isImplicit: boolean,
  isSimpleKey: boolean,
): "plain" | "single" | "double" {
  if (isSimpleKey && it.isMultiline) return "double";
  const isPlain = it.isPlainAllowed && isImplicit && !(it.isEmpty && isSimpleKey);
  if (isPlain) return "plain";
  return it.isSingleQuotedAllowed ? "single" : "double";
}
