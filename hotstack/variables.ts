import type { Template } from "./hot/template";
import { combine } from "./jinja/filters";
import { render } from "./jinja/evaluate";
import { JinjaFault } from "./jinja/tokens";
import { Fault, type Place, type Problems } from "./problems";
import { isMap, type Value, type ValueMap } from "./values";
import type { Entry, Node } from "./yaml/readYaml";

/**
 * Ansible's extra variables: files in the order of their `-e @file`, the last word counts. A variable
 * is rendered when it is asked for, so that what is not needed may hold what is not supported.
 */
export class Variables {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #values = new Map<string, Value>();
  readonly #open: string[] = [];

  constructor(
    files: readonly Node[],
    private readonly problems: Problems,
  ) {
    this.#entries = new Map(files.flatMap((file) => this.#entriesOf(file)));
  }

  /** A variable's value, rendered; undefined where there is none, or it was refused. */
  get(name: string): Value | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    return this.problems.attempt(() => this.#named(name, entry), undefined);
  }

  /** A map whose parts are rendered one by one, so that everything wrong in it is told at once. */
  map(name: string): ValueMap {
    const entry = this.#entries.get(name);
    if (entry === undefined) return {};
    const { node } = entry;
    if (node.kind !== "map") {
      const value = this.get(name);
      if (isMap(value)) return value;
      if (value !== undefined) this.problems.add(entry.place, `${name}: must be a map`);
      return {};
    }
    const values = [...node.entries].flatMap(([key, it]) => {
      const value = this.problems.attempt<Value | undefined>(
        () => this.#rendered(it.node),
        undefined,
      );
      return value === undefined ? [] : [[key, value] as const];
    });
    return Object.fromEntries(values);
  }

  /** Where a variable, or a key of one, is given. */
  placeOf(name: string, key?: string): Place | undefined {
    return this.entry(name, key)?.place;
  }

  /** A variable, or a key of one, as it is written. */
  entry(name: string, key?: string): Entry | undefined {
    const entry = this.#entries.get(name);
    if (key === undefined) return entry;
    return entry?.node.kind === "map" ? entry.node.entries.get(key) : undefined;
  }

  #entriesOf(file: Node): [string, Entry][] {
    if (file.kind === "map") return [...file.entries];
    const isEmpty = file.kind === "scalar" && file.value === null;
    if (!isEmpty) this.problems.add(file.place, "must be a map of variables");
    return [];
  }

  #named(name: string, { node, place }: Entry): Value {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    if (this.#open.includes(name)) {
      const path = [...this.#open.slice(this.#open.indexOf(name)), name].join(" → ");
      throw new Fault(place, `circular variables: ${path}`);
    }
    this.#open.push(name);
    try {
      const value = this.#rendered(node);
      this.#values.set(name, value);
      return value;
    } finally {
      this.#open.pop();
    }
  }

  #rendered(node: Node): Value {
    switch (node.kind) {
      case "list":
        return node.items.map((item) => this.#rendered(item));
      case "map":
        return Object.fromEntries(
          [...node.entries].map(([key, it]) => [key, this.#rendered(it.node)] as const),
        );
      case "scalar":
        return typeof node.value === "string" ? this.#text(node.value, node.place) : node.value;
    }
  }

  #text(text: string, place: Place): Value {
    if (!/\{[{%#]/.test(text)) return text;
    try {
      return render(text, (name) => {
        const entry = this.#entries.get(name);
        return entry === undefined ? undefined : this.#named(name, entry);
      });
    } catch (error) {
      if (!(error instanceof JinjaFault)) throw error;
      throw new Fault(place, error.message);
    }
  }
}

/** The parameters that Hotstack's role heat_stack hands to Heat. */
export function stackParameters(variables: Variables, { parameters }: Template): ValueMap {
  const key = parameters.has("dataplane_ssh_pub_key")
    ? variables.get("dataplane_ssh_public_key")
    : undefined;
  const all = [
    variables.map("stack_parameters"),
    variables.map("stack_parameter_overrides"),
    key === undefined ? {} : { dataplane_ssh_pub_key: key },
  ];
  return all.reduce((into, other) => combine(into, other, true));
}
