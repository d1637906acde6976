import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Document, LineCounter, Node as YamlNode, ParsedNode, Scalar, YAMLMap } from "yaml";
import { composeYaml, maxDepth, tooDeep } from "../../common/yaml/composeYaml";
import { Fault, type Place, type Problems } from "../problems";
import type { Value } from "../values";
import { readScalar } from "./scalars";

/** Heat's own limit, max_template_size. */
const maxBytes = 524_288;
/** Of nodes, with every alias counted as what it stands for. */
const maxNodes = 200_000;

/** A part of a YAML file, with its place. */
export type Node = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  kind: "scalar";
  value: Value;
  place: Place;
}

export interface ListNode {
  kind: "list";
  items: Node[];
  place: Place;
}

export interface MapNode {
  kind: "map";
  entries: Map<string, Entry>;
  place: Place;
}

/** A key's place and what it holds. */
export interface Entry {
  place: Place;
  node: Node;
}

/**
 * Reads YAML as Heat does: YAML 1.1 as PyYAML has it, keys as text. Refused are a syntax error, a
 * key that is given twice, a file that is too large, too deep, or grows too much by its aliases.
 *
 * @param file its name for messages
 * @returns undefined when something was refused; `problems` says what
 */
export function readYaml(text: string, file: string, problems: Problems): Node | undefined {
  const composed = composeYaml(text, { schema: "failsafe", maxBytes, because: ", as in Heat" });
  if ("problems" in composed) {
    for (const { line, column, text: said, isPlaced } of composed.problems) {
      const isSyntax = isPlaced && said !== tooDeep;
      problems.add({ file, line, column }, isSyntax ? `column ${column}: ${said}` : said);
    }
    return undefined;
  }
  const { document, lines } = composed;
  const reader = new Reader(file, lines, document);
  return problems.attempt<Node | undefined>(() => reader.read(document.contents, 0), undefined);
}

class Reader {
  readonly #anchored = new Map<YamlNode, { node: Node; size: number; depth: number }>();
  readonly #open = new Set<YamlNode>();
  #size = 0;
  #deepest = 0;

  constructor(
    private readonly file: string,
    private readonly lines: LineCounter,
    private readonly document: Document.Parsed,
  ) {}

  read(it: ParsedNode | YamlNode | null, depth: number): Node {
    const place = this.#placeOf(it);
    this.#count(1, depth, place);
    if (it === null) return { kind: "scalar", value: null, place };
    if (isAlias(it)) {
      const target = it.resolve(this.document);
      if (target === undefined) throw new Fault(place, `there is no anchor ${it.source}`);
      return this.#again(target, depth, place);
    }
    if (it.anchor === undefined) return this.#content(it, depth, place);
    const before = this.#size;
    const outer = this.#deepest;
    this.#deepest = depth;
    this.#open.add(it);
    const node = this.#content(it, depth, place);
    this.#open.delete(it);
    this.#anchored.set(it, { node, size: this.#size - before, depth: this.#deepest - depth });
    this.#deepest = Math.max(outer, this.#deepest);
    return node;
  }

  #again(target: YamlNode, depth: number, place: Place): Node {
    if (this.#open.has(target)) throw new Fault(place, "an alias stands inside of its own anchor");
    const known = this.#anchored.get(target);
    if (known === undefined) throw new Fault(place, "an alias stands before its anchor");
    this.#count(known.size, depth + known.depth, place);
    return known.node;
  }

  #content(it: YamlNode, depth: number, place: Place): Node {
    if (isSeq(it)) {
      const items = it.items.map((item) => this.read(item as YamlNode | null, depth + 1));
      return { kind: "list", items, place };
    }
    if (isMap(it)) return { kind: "map", entries: this.#entries(it, depth), place };
    return { kind: "scalar", value: this.#scalar(it as Scalar, place), place };
  }

  #entries(it: YAMLMap, depth: number): Map<string, Entry> {
    const merged: Entry[] = [];
    const own = new Map<string, Entry>();
    for (const { key, value } of it.items as { key: YamlNode; value: YamlNode | null }[]) {
      const node = value === null ? undefined : value;
      const place = this.#placeOf(key);
      if (!isScalar(key)) throw new Fault(place, "a key must be text");
      const entry = { place, node: this.read(node ?? null, depth + 1) };
      if (key.type === "PLAIN" && key.source === "<<") merged.push(entry);
      else own.set(this.#key(key, place), value === null ? withPlace(entry, place) : entry);
    }
    // What the map has itself goes before what it merges; of several, the first goes first.
    const inherited = merged.flatMap(mapsOf).toReversed();
    return new Map([...inherited.flatMap((map) => [...map.entries]), ...own]);
  }

  /** Templates travel to Heat as JSON, whose keys are text. */
  #key(key: Scalar, place: Place): string {
    const value = this.#scalar(key, place);
    if (typeof value === "string") return value;
    return value === null || typeof value === "boolean" ? String(value) : (key.source ?? "");
  }

  #scalar(it: Scalar, place: Place): Value {
    const text = typeof it.value === "string" ? it.value : "";
    switch (it.tag) {
      case undefined:
      case "!":
        return it.type === "PLAIN" ? readScalar(text) : text;
      case "tag:yaml.org,2002:str":
        return text;
      case "tag:yaml.org,2002:int":
      case "tag:yaml.org,2002:float":
      case "tag:yaml.org,2002:bool":
      case "tag:yaml.org,2002:null":
        return readScalar(text);
      default:
        throw new Fault(place, `the tag ${it.tag} is not supported`);
    }
  }

  #count(size: number, depth: number, place: Place): void {
    this.#size += size;
    this.#deepest = Math.max(this.#deepest, depth);
    if (depth > maxDepth) throw new Fault(place, tooDeep);
    if (this.#size > maxNodes) {
      throw new Fault(place, `holds more than ${maxNodes} values with its aliases written out`);
    }
  }

  #placeOf(it: ParsedNode | YamlNode | null): Place {
    const { line, col } = this.lines.linePos(it?.range?.[0] ?? 0);
    return { file: this.file, line, column: col };
  }
}

/** An empty value has no place of its own. */
function withPlace(entry: Entry, place: Place): Entry {
  return { place, node: { ...entry.node, place } };
}

function mapsOf({ place, node }: Entry): MapNode[] {
  const maps = node.kind === "list" ? node.items : [node];
  return maps.map((map) => {
    if (map.kind !== "map") throw new Fault(place, "only maps can be merged");
    return map;
  });
}
