import type { Place, Problems } from "../problems";
import type { Entry, MapNode, Node } from "../yaml/readYaml";
import { nearestHint } from "../../common/nearest";
import { knownVersions, rankOf, versionRank } from "./versions";

/** A HOT template: its sections, checked in form, nothing resolved. */
export interface Template {
  /** Rank of the version, see {@link versionRank}. */
  version: number;
  parameters: Map<string, Definition>;
  conditions: Map<string, Entry>;
  resources: Map<string, Resource>;
  outputs: Map<string, Definition>;
}

/** Something with a name, and the keys that describe it. */
export interface Definition {
  name: string;
  place: Place;
  keys: Map<string, Entry>;
}

export interface Resource {
  name: string;
  place: Place;
  type: string;
  properties: Map<string, Entry>;
  dependsOn: { name: string; place: Place }[];
  condition: Entry | undefined;
}

const sections = [
  "heat_template_version",
  "description",
  "parameter_groups",
  "parameters",
  "conditions",
  "resources",
  "outputs",
];
const parameterKeys = [
  ...["type", "description", "default", "constraints", "hidden", "label", "immutable", "tags"],
];
const outputKeys = ["description", "value", "condition"];
const resourceKeys = [
  ...["type", "properties", "depends_on", "condition", "description", "deletion_policy"],
];

/**
 * Reads the sections of a template.
 *
 * @returns undefined when it is no template at all; `problems` has everything that is wrong
 */
export function readTemplate(root: Node, problems: Problems): Template | undefined {
  if (root.kind !== "map") {
    problems.add(root.place, "a template must be a map");
    return undefined;
  }
  const version = readVersion(root, problems);
  if (version === undefined) return undefined;
  const reader = new Reader(version, problems);
  reader.refuseOthers(root.entries, sections, "a template");
  const definitions = (section: string, keys: readonly string[], required: string) =>
    reader.definitions(root.entries.get(section), section, keys, required);
  const resources = definitions("resources", resourceKeys, "type");
  const conditions = root.entries.get("conditions");
  if (conditions !== undefined && version < rankOf("newton")) {
    problems.add(conditions.place, "conditions: there are none before version newton");
  }
  return {
    version,
    parameters: definitions("parameters", parameterKeys, "type"),
    conditions: reader.entries(conditions, "conditions"),
    resources: new Map(
      [...resources.values()].map((it) => [it.name, reader.resource(it)] as const),
    ),
    outputs: definitions("outputs", outputKeys, "value"),
  };
}

function readVersion(root: MapNode, problems: Problems): number | undefined {
  const entry = root.entries.get("heat_template_version");
  if (entry === undefined) {
    problems.add(root.place, "heat_template_version: is missing");
    return undefined;
  }
  const value = entry.node.kind === "scalar" ? entry.node.value : null;
  const rank = typeof value === "string" ? versionRank(value) : undefined;
  if (rank === undefined) {
    problems.add(entry.place, `heat_template_version: must be one of ${knownVersions}`);
  }
  return rank;
}

class Reader {
  constructor(
    private readonly version: number,
    private readonly problems: Problems,
  ) {}

  refuseOthers(keys: ReadonlyMap<string, Entry>, known: readonly string[], what: string): void {
    for (const [key, { place }] of keys) {
      if (known.includes(key)) continue;
      const hint = nearestHint(key, known);
      this.problems.add(place, `${key}: ${what} can hold ${known.join(", ")}${hint}`);
    }
  }

  /** The entries of a map; none, and a problem, where there is something else. */
  entries(entry: Entry | undefined, what: string): Map<string, Entry> {
    if (entry === undefined) return new Map();
    const { node } = entry;
    if (node.kind === "map") return node.entries;
    const isEmpty = node.kind === "scalar" && node.value === null;
    if (!isEmpty) this.problems.add(entry.place, `${what}: must be a map`);
    return new Map();
  }

  definitions(
    section: Entry | undefined,
    name: string,
    known: readonly string[],
    required: string,
  ): Map<string, Definition> {
    const found = [...this.entries(section, name)].flatMap(([key, entry]): Definition[] => {
      const path = `${name}.${key}`;
      const keys = this.entries(entry, path);
      this.refuseOthers(keys, known, `${path}:`);
      if (keys.has(required)) return [{ name: key, place: entry.place, keys }];
      this.problems.add(entry.place, `${path}: ${required} is missing`);
      return [];
    });
    return new Map(found.map((it) => [it.name, it] as const));
  }

  resource({ name, place, keys }: Definition): Resource {
    const type = keys.get("type")?.node;
    const text = type?.kind === "scalar" ? type.value : null;
    if (typeof text !== "string")
      this.problems.add(place, `resources.${name}.type: must be a string`);
    this.#checkPolicy(name, keys.get("deletion_policy"));
    const condition = keys.get("condition");
    if (condition !== undefined && this.version < rankOf("newton")) {
      this.problems.add(
        condition.place,
        `resources.${name}.condition: there is none before newton`,
      );
    }
    return {
      name,
      place,
      type: typeof text === "string" ? text : "",
      properties: this.entries(keys.get("properties"), `resources.${name}.properties`),
      dependsOn: this.#dependsOn(name, keys.get("depends_on")),
      condition,
    };
  }

  #dependsOn(name: string, entry: Entry | undefined): Resource["dependsOn"] {
    if (entry === undefined) return [];
    const { node } = entry;
    return (node.kind === "list" ? node.items : [node]).flatMap((item) => {
      if (item.kind === "scalar" && typeof item.value === "string") {
        return [{ name: item.value, place: item.place }];
      }
      this.problems.add(item.place, `resources.${name}.depends_on: must name resources`);
      return [];
    });
  }

  /** Everything goes with the stack: there is nothing else here. */
  #checkPolicy(name: string, entry: Entry | undefined): void {
    const value = entry?.node.kind === "scalar" ? entry.node.value : undefined;
    if (entry === undefined || (typeof value === "string" && /^delete$/i.test(value))) return;
    this.problems.add(entry.place, `resources.${name}.deletion_policy: only Delete is supported`);
  }
}
