import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Document, visit } from "yaml";
import { InputError, messageOf } from "../common/errors";
import type { Environment } from "../snapset/environment/environment";
import { ownEnvironment } from "../snapset/selection";
import type { SnapsetRecord } from "../snapset/sets";
import { formatTime, printable } from "./printable";

/**
 * The environment that a set holds as YAML: what `snapset:environment` takes. User data stand there
 * as they are, line by line.
 *
 * @throws {InputError} when the set holds none, or one that this version cannot read
 */
export function environmentText(set: SnapsetRecord): string {
  const environment = ownEnvironment(set);
  if (environment === null) {
    throw new InputError(`set ${set.snapId}`, [
      "it holds no environment of its own: Hotstack made it, or it is of an earlier version",
    ]);
  }
  const document = new Document(environment, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value !== "string") return;
      if (escaped.test(node.value) || blankLine.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  document.commentBefore = headOf(set, environment);
  const text = document.toString({
    lineWidth: 0,
    blockQuote: "literal",
    doubleQuotedMinMultiLineLength: Infinity,
  });
  // All that is left of these stands in double quotes.
  return text.replaceAll(new RegExp(escaped, "gu"), escapeOf);
}

/**
 * Writes text to a file that is there for its owner only, as user data may hold passwords.
 *
 * @throws {InputError} when it cannot be written, or is there already
 */
export function writeNew(path: string, cwd: string, text: string): void {
  try {
    writeFileSync(resolve(cwd, path), text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new InputError(path, [messageOf(error)]);
  }
}

/** What a terminal might obey, and line ends that YAML would change. */
const escaped = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

/** In a literal block the blanks of a line that has nothing else can get lost. */
const blankLine = /^[ \t]+$/m;

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function headOf({ snapId, manifest }: SnapsetRecord, { name }: Environment): string {
  const capturedAt = manifest === undefined ? "" : `, captured ${formatTime(manifest.capturedAt)}`;
  return [
    ` Environment ${printable(name)} of set ${printable(snapId)}${capturedAt}.`,
    " To restore the set into it, changed as you like:",
    `   pulumi config set snapset:snapId ${printable(snapId)}`,
    "   pulumi config set snapset:environment <this file>",
    " To deploy it anew (snapset:mode deploy), each node needs an image.",
  ].join("\n");
}
