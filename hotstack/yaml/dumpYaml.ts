import { byCodePoint, floatText } from "../python";
import { Float, isMap, Unknown, type Value, type ValueMap } from "../values";
import { Emitter } from "./Emitter";
import { isPlainText } from "./scalars";
import { analyse } from "./scalarStyle";

/** libyaml writes longer keys behind a question mark. */
const maxSimpleKey = 128;

/**
 * Writes a value as PyYAML's `CSafeDumper` does with its defaults, byte for byte: keys sorted, block
 * style, a list or map that stands in several places written once and named by an anchor.
 *
 * Source: PyYAML `representer.py` and `serializer.py`; see {@link Emitter} for the layout.
 */
export function dumpYaml(value: Value): string {
  const emitter = new Emitter();
  new Dumper(emitter, anchorsOf(value)).node(value, false);
  emitter.newLine();
  return emitter.text;
}

/** `id001` for what is met a second time first, and so on. */
function anchorsOf(root: Value): Map<object, string> {
  const seen = new Set<object>();
  const anchors = new Map<object, string>();
  const visit = (value: Value): void => {
    if (!isCollection(value)) return;
    if (seen.has(value)) {
      if (!anchors.has(value)) {
        anchors.set(value, `id${String(anchors.size + 1).padStart(3, "0")}`);
      }
      return;
    }
    seen.add(value);
    if (Array.isArray(value)) value.forEach(visit);
    else
      sortedEntries(value).forEach(([, item]) => {
        visit(item);
      });
  };
  visit(root);
  return anchors;
}

class Dumper {
  readonly #written = new Set<object>();

  constructor(
    private readonly emitter: Emitter,
    private readonly anchors: ReadonlyMap<object, string>,
  ) {}

  node(value: Value, isInMap: boolean): void {
    if (!isCollection(value)) {
      const { text, isImplicit } = scalarText(value);
      this.emitter.scalar(text, isImplicit, false);
      return;
    }
    const anchor = this.anchors.get(value);
    const isAgain = this.#written.has(value);
    if (anchor !== undefined) {
      this.emitter.indicator(isAgain ? `*${anchor}` : `&${anchor}`, { isSpaced: true });
    }
    if (isAgain) return;
    this.#written.add(value);
    if (Array.isArray(value)) this.#list(value, isInMap);
    else this.#map(value);
  }

  #list(items: readonly Value[], isInMap: boolean): void {
    if (items.length === 0) {
      this.emitter.indicator("[", { isSpaced: true });
      this.emitter.indicator("]", { isSpaced: false });
      return;
    }
    this.emitter.indented(isInMap && this.emitter.canShareIndent, () => {
      for (const item of items) {
        this.emitter.newLine();
        this.emitter.indicator("-", { isSpaced: true, isIndention: true });
        this.node(item, false);
      }
    });
  }

  #map(map: ValueMap): void {
    const entries = sortedEntries(map);
    if (entries.length === 0) {
      this.emitter.indicator("{", { isSpaced: true });
      this.emitter.indicator("}", { isSpaced: false });
      return;
    }
    this.emitter.indented(false, () => {
      for (const [key, value] of entries) {
        this.emitter.newLine();
        this.#key(key);
        this.node(value, true);
      }
    });
  }

  #key(key: string): void {
    const isSimple = !analyse(key).isMultiline && Buffer.byteLength(key) <= maxSimpleKey;
    if (isSimple) {
      this.emitter.scalar(key, isPlainText(key), true);
      this.emitter.indicator(":", { isSpaced: false });
      return;
    }
    this.emitter.indicator("?", { isSpaced: true, isIndention: true });
    this.emitter.scalar(key, isPlainText(key), false);
    this.emitter.newLine();
    this.emitter.indicator(":", { isSpaced: true, isIndention: true });
  }
}

function isCollection(value: Value): value is Value[] | ValueMap {
  return Array.isArray(value) || isMap(value);
}

function sortedEntries(map: ValueMap): [string, Value][] {
  return Object.entries(map).sort(([a], [b]) => byCodePoint(a, b));
}

function scalarText(value: Exclude<Value, Value[] | ValueMap>) {
  if (value instanceof Unknown)
    throw new TypeError(`${value.toString()} cannot be written as YAML`);
  if (typeof value === "string") return { text: value, isImplicit: isPlainText(value) };
  if (value instanceof Float) return { text: yamlFloat(value.value), isImplicit: true };
  return { text: value === null ? "null" : String(value), isImplicit: true };
}

/** An exponent without a point would be read as text. */
function yamlFloat(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  const text = floatText(value);
  return text.includes(".") ? text : text.replace("e", ".0e");
}
