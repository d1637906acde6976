import { isAlias, isCollection, isPair, type Document, type Node } from "yaml";
import { InputError, messageOf } from "../errors";
import { composeYaml, maxDepth, tooDeep } from "./composeYaml";

/** Of a file: user data of many nodes is in it. */
const maxBytes = 4 * 1024 * 1024;
/** How often what stands at an anchor may be repeated by its aliases. */
const maxAliasCount = 100;

/**
 * The data of a YAML text, as YAML 1.2 has it.
 *
 * @param subject what the text is; stands in front of the problems
 * @throws {InputError} with line and column of every syntax error; also for a text that is too
 *   large, nested too deep, or grows too much by its aliases
 */
export function parseYaml(subject: string, text: string): unknown {
  const composed = composeYaml(text, { schema: "core", maxBytes });
  if ("problems" in composed) {
    throw new InputError(
      subject,
      composed.problems.map(({ line, column, text: said, isPlaced }) =>
        isPlaced ? `line ${line}, column ${column}: ${said}` : said,
      ),
    );
  }
  const { document } = composed;
  try {
    if (depthOf(document) > maxDepth) throw new Error(tooDeep);
    return document.toJS({ maxAliasCount });
  } catch (error) {
    throw new InputError(subject, [messageOf(error)]);
  }
}

/** How deep a document is once its aliases are written out. An anchor stands before its aliases. */
function depthOf(document: Document.Parsed): number {
  const anchored = new Map<unknown, number>();
  const depth = (it: unknown): number => {
    if (isAlias(it)) {
      const target = it.resolve(document);
      const known = anchored.get(target);
      if (known !== undefined || !isCollection(target)) return known ?? 0;
      throw new Error(`an alias stands inside of its own anchor, ${it.source}`);
    }
    if (isPair(it)) return Math.max(depth(it.key), depth(it.value));
    if (!isCollection(it)) return 0;
    const deepest = Math.max(0, ...(it.items as Node[]).map(depth)) + 1;
    if (it.anchor !== undefined) anchored.set(it, deepest);
    return deepest;
  };
  return depth(document.contents);
}
