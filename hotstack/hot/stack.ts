import { cloudConfig, partsOf } from "../userData/configs";
import { multipart } from "../userData/multipart";
import { Fault, type Place, type Problems } from "../problems";
import { Unknown, unknownIn, type Value, type ValueMap } from "../values";
import type { Entry, Node } from "../yaml/readYaml";
import { attributeOf } from "./attributes";
import { PropertyCheck } from "./checkProperty";
import { Conditions } from "./Conditions";
import { Evaluator } from "./Evaluator";
import { inOrder } from "./graph";
import { nearestHint } from "../../common/nearest";
import { refused, type Parameters } from "./parameters";
import { resourceTypes, type ResourceType } from "./schema";
import type { Resource, Template } from "./template";

/** A resource with its properties resolved and checked. */
export interface ResolvedResource {
  name: string;
  type: string;
  place: Place;
  properties: ValueMap;
  /** Parameters that its properties are made of, by property, in the order of their use. */
  parametersOf: (property: string) => string[];
  placeOf: (property: string) => Place;
  /** Whether something in it was refused, so that what is made of it may lack parts. */
  isFaulty: boolean;
  /** Whether it is given at all, if only as null. */
  hasProperty: (property: string) => boolean;
}

/** A stack as Heat would make it of a template, as far as it is known beforehand. */
export interface Stack {
  /** In an order in which each comes after those that it refers to. */
  resources: ResolvedResource[];
  outputs: Map<string, { value: Value; place: Place }>;
}

/** What a stack is resolved from, beside its template. */
export interface StackInput {
  parameters: Parameters;
  file: (path: string, place: Place) => string;
  problems: Problems;
}

/** Resolves everything in a template. What is wrong in it is noted in `problems`. */
export function resolveStack(template: Template, input: StackInput): Stack {
  return new Resolver(template, input).resolve();
}

interface Contents {
  resolved: ResolvedResource;
  hidden: ReadonlySet<string>;
  /** What `get_resource` gives for user data. */
  text: Value | undefined;
}

class Resolver {
  readonly #conditions: Conditions;
  readonly #evaluator: Evaluator;
  readonly #check: PropertyCheck;
  readonly #done = new Map<string, Contents>();

  constructor(
    private readonly template: Template,
    private readonly input: StackInput,
  ) {
    const { parameters, file, problems } = input;
    const { version } = template;
    const conditions = new Conditions(template.conditions, parameters, version);
    this.#conditions = conditions;
    this.#evaluator = new Evaluator(
      {
        ...{ version, parameters, conditions, file },
        reference: (name) => this.#reference(name),
        attribute: (name, attribute, place) => this.#attribute(name, attribute, place),
      },
      problems,
    );
    this.#check = new PropertyCheck(problems, (it, key) => this.#evaluator.placeOf(it, key));
  }

  resolve(): Stack {
    const { problems } = this.input;
    const { version } = this.template;
    this.#conditions.checkAll(problems);
    const wanted = new Map(
      [...this.template.resources].filter(([, { condition }]) => this.#isWanted(condition)),
    );
    const outputs = [...this.template.outputs.values()].filter(({ keys }) =>
      this.#isWanted(keys.get("condition")),
    );
    const values = outputs.flatMap(({ keys }) => keys.get("value")?.node ?? []);
    const order = inOrder(wanted, values, { version, conditions: this.#conditions, problems });
    for (const resource of order) this.#resource(resource);
    return {
      resources: order.flatMap(({ name }) => this.#done.get(name)?.resolved ?? []),
      outputs: new Map(
        outputs.flatMap(({ name, place, keys }) => {
          const node = keys.get("value")?.node;
          return node === undefined
            ? []
            : [[name, { value: this.#output(name, node, place), place }]];
        }),
      ),
    };
  }

  #output(name: string, node: Node, place: Place): Value {
    this.#evaluator.hiddenUsed.clear();
    const value = this.#evaluator.value(node);
    const hidden = [...this.#evaluator.hiddenUsed].join(", ");
    if (hidden === "") return value;
    const text = `holds the hidden parameter ${hidden}; outputs are shown`;
    this.input.problems.add(place, `outputs.${name}: ${text}`);
    return refused;
  }

  #isWanted(condition: Entry | undefined): boolean {
    if (condition === undefined) return true;
    return this.input.problems.attempt(() => this.#conditions.isTrue(condition.node), false);
  }

  #resource(resource: Resource): void {
    const type = Object.hasOwn(resourceTypes, resource.type)
      ? resourceTypes[resource.type]
      : undefined;
    if (type === undefined) {
      const known = Object.keys(resourceTypes);
      const hint = nearestHint(resource.type, known);
      const text = `resources.${resource.name}: the type ${resource.type} is not supported${hint}`;
      this.input.problems.add(resource.place, `${text}; there is ${known.join(", ")}`);
      return;
    }
    this.#done.set(resource.name, this.#contents(resource, type));
  }

  #contents(resource: Resource, type: ResourceType): Contents {
    const before = this.input.problems.count;
    const hidden = new Set<string>();
    const used = new Map<string, string[]>();
    const given = new Map<string, { value: Value; place: Place }>();
    for (const [key, entry] of resource.properties) {
      const name = type.synonyms?.[key] ?? key;
      this.#evaluator.hiddenUsed.clear();
      this.#evaluator.parametersUsed.clear();
      const value = this.#evaluator.value(entry.node);
      const isShown = type.secret?.includes(name) !== true && this.#evaluator.hiddenUsed.size > 0;
      if (isShown) this.#refuseHidden(resource, key, entry.place);
      given.set(name, { value: isShown ? refused : value, place: entry.place });
      used.set(name, [...this.#evaluator.parametersUsed]);
      for (const it of this.#evaluator.hiddenUsed) hidden.add(it);
    }
    const path = `resources.${resource.name}.properties`;
    const properties = this.#check.entries(given, type.properties, path, resource.place);
    const resolved = {
      ...{ name: resource.name, type: resource.type, place: resource.place, properties },
      parametersOf: (property: string) => used.get(property) ?? [],
      placeOf: (property: string) => given.get(property)?.place ?? resource.place,
      hasProperty: (property: string) => given.has(property),
      isFaulty: this.input.problems.count > before,
    };
    return { resolved, hidden, text: this.#text(resolved) };
  }

  /** Names, addresses and the like are shown in outputs and kept in the state as they are. */
  #refuseHidden(resource: Resource, key: string, place: Place): void {
    const used = [...this.#evaluator.hiddenUsed].join(", ");
    this.input.problems.add(
      place,
      `resources.${resource.name}.properties.${key}: holds the hidden parameter ${used}; ` +
        "only user data is kept secret",
    );
  }

  /** What a resource that is user data holds. */
  #text({ name, type, properties, placeOf }: ResolvedResource): Value | undefined {
    if (type !== "OS::Heat::CloudConfig" && type !== "OS::Heat::MultipartMime") return undefined;
    const property = type === "OS::Heat::CloudConfig" ? "cloud_config" : "parts";
    const value = properties[property] ?? [];
    const unknown = unknownIn(value);
    if (unknown !== undefined) {
      if (unknown.resource !== "") {
        const text = `${unknown.toString()} is known only to the cloud, and user data is made before`;
        this.input.problems.add(placeOf(property), `resources.${name}.${property}: ${text}`);
      }
      return refused;
    }
    return property === "cloud_config" ? cloudConfig(value) : multipart(partsOf(value));
  }

  #reference(name: string): Value {
    const contents = this.#done.get(name);
    if (contents === undefined) return refused;
    // Of user data a reference is the text itself; of all else an id, which holds nothing hidden.
    if (contents.text !== undefined) this.#useHidden(contents);
    return contents.text ?? new Unknown(name, "id");
  }

  #useHidden({ hidden }: Contents): void {
    for (const it of hidden) this.#evaluator.hiddenUsed.add(it);
  }

  #attribute(name: string, attribute: string, place: Place): Value {
    const contents = this.#done.get(name);
    if (contents === undefined) return refused;
    const { type } = contents.resolved;
    const known = resourceTypes[type]?.attributes ?? [];
    if (!known.includes(attribute)) {
      const hint = nearestHint(attribute, known);
      throw new Fault(place, `get_attr: ${type} has no attribute ${attribute}${hint}`);
    }
    // What a server is given is secret, and in none of its attributes.
    if (contents.text !== undefined || type === "OS::Heat::Value") this.#useHidden(contents);
    if (attribute === "config" && contents.text !== undefined) return contents.text;
    return attributeOf(contents.resolved, attribute);
  }
}
