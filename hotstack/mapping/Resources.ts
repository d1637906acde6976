import type { Place, Problems } from "../problems";
import type { ResolvedResource } from "../hot/stack";
import { isMap, Unknown, type Value, type ValueMap } from "../values";

/** Resources that are made part of something else, so that one that no one names is lost. */
const parts: Readonly<Record<string, string>> = {
  "OS::Cinder::Volume": "no server has this volume",
  "OS::Neutron::FloatingIP": "port_id must name a port of this template",
  "OS::Neutron::Trunk": "port must name a port of this template",
};

/** The resources of a stack, by type and by reference. */
export class Resources {
  readonly #byName: ReadonlyMap<string, ResolvedResource>;
  readonly #used = new Set<string>();

  constructor(
    resources: readonly ResolvedResource[],
    readonly problems: Problems,
  ) {
    this.#byName = new Map(resources.map((it) => [it.name, it] as const));
  }

  /** Those of a type that are not refused already, in the order of the template. */
  of(type: string): ResolvedResource[] {
    return [...this.#byName.values()]
      .filter((it) => it.type === type && !it.isFaulty)
      .sort((a, b) => a.place.line - b.place.line);
  }

  /** The resource of a type that a property refers to. Anything else is noted. */
  target(from: ResolvedResource, property: string, type: string): ResolvedResource | undefined {
    const value = from.properties[property];
    return this.byId(value, type, from.placeOf(property), `resources.${from.name}.${property}`);
  }

  /** The resource of a type whose id a value is; nothing where the value was refused already. */
  byId(
    value: Value | undefined,
    type: string,
    place: Place,
    path: string,
  ): ResolvedResource | undefined {
    if (value === undefined) return undefined;
    const isId = value instanceof Unknown && value.attribute === "id";
    const found = isId ? this.#byName.get(value.resource) : undefined;
    if (found?.type === type) return found;
    const got = value instanceof Unknown ? value.toString() : JSON.stringify(value);
    this.problems.add(place, `${path}: must be an ${type} of this template, got ${got}`);
    return undefined;
  }

  /** Whether a value is the id of the resource. */
  isId(value: Value | undefined, resource: ResolvedResource): boolean {
    return value instanceof Unknown && value.attribute === "id" && value.resource === resource.name;
  }

  /** Notes that a resource has its place in the environment. */
  use({ name }: ResolvedResource): void {
    this.#used.add(name);
  }

  isUsed({ name }: ResolvedResource): boolean {
    return this.#used.has(name);
  }

  /** Not when something was refused: it may be what uses them. */
  refuseUnused(): void {
    if ([...this.#byName.values()].some(({ isFaulty }) => isFaulty)) return;
    for (const resource of this.#byName.values()) {
      const complaint = parts[resource.type];
      if (complaint === undefined || this.isUsed(resource)) continue;
      this.problems.add(resource.place, `resources.${resource.name}: ${complaint}`);
    }
  }
}

/** A property's text; what only the cloud knows is noted. */
export function textOf(
  resources: Resources,
  { name, properties, placeOf }: ResolvedResource,
  property: string,
): string | undefined {
  const value = properties[property];
  if (value instanceof Unknown) {
    const text = `${value.toString()} is known only to the cloud`;
    resources.problems.add(placeOf(property), `resources.${name}.${property}: ${text}`);
    return undefined;
  }
  return typeof value === "string" ? value : undefined;
}

/** The maps in a list of a resource's properties. */
export function mapsOf({ properties }: ResolvedResource, property: string): ValueMap[] {
  const value = properties[property];
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** A resource's name in the environment: that of its property, else its own. */
export function nameOf(resource: ResolvedResource): string {
  const { name } = resource.properties;
  return typeof name === "string" ? name : resource.name;
}

/** `{[key]: value}`, or nothing. */
export function given(key: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [key]: value };
}
