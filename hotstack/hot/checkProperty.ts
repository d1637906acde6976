import type { Place, Problems } from "../problems";
import { pythonText } from "../python";
import { isEqual, isMap, shown, Unknown, type Value, type ValueMap } from "../values";
import { nearestHint } from "../../common/nearest";
import { toBoolean, toNumber } from "./parameters";
import type { Property } from "./schema";

/** What is checked, and how to speak of it. */
export interface Checked {
  value: Value;
  property: Property;
  /** `resources.controller.properties.image` */
  path: string;
  place: Place;
}

/** Notes what would have been right. */
type Wrong = (expected: string) => Value | undefined;

/** Checks values against properties, and makes them of the properties' types as Heat does. */
export class PropertyCheck {
  /**
   * @param placeOf where a part of a list or map stood; undefined where that is not known
   */
  constructor(
    private readonly problems: Problems,
    private readonly placeOf: (container: Value, key: string | number) => Place | undefined,
  ) {}

  /** @returns undefined for what is wrong, or refused already */
  check({ value, property, path, place }: Checked): Value | undefined {
    const wrong: Wrong = (expected) => {
      this.problems.add(place, `${path}: must be ${expected}, got ${shown(value)}`);
      return undefined;
    };
    if (value instanceof Unknown) return this.#unknown(value, property, wrong);
    switch (property.kind) {
      case "any":
        return value;
      case "string":
        if (Array.isArray(value) || isMap(value)) return wrong("a string");
        return this.#allowed(pythonText(value), property, wrong);
      case "integer": {
        const number = toNumber(value);
        return typeof number === "number"
          ? this.#allowed(number, property, wrong)
          : wrong("a whole number");
      }
      case "boolean": {
        const flag = toBoolean(value);
        return flag === undefined ? wrong("true or false") : this.#allowed(flag, property, wrong);
      }
      case "strings":
        return this.#list(value, { kind: "string" }, path, place, wrong);
      case "maps":
        return this.#list(value, { kind: "map", keys: property.keys }, path, place, wrong);
      case "map":
        return isMap(value) ? this.#map(value, property, path, place) : wrong("a map");
    }
  }

  /** Keys that are given, checked; those with null are as if they were not there. */
  entries(
    given: ReadonlyMap<string, { value: Value; place: Place }>,
    known: Readonly<Record<string, Property>>,
    path: string,
    place: Place,
  ): ValueMap {
    const checked: ValueMap = {};
    for (const [key, it] of given) {
      const property = Object.hasOwn(known, key) ? known[key] : undefined;
      if (property === undefined) {
        const hint = nearestHint(key, Object.keys(known));
        const list = Object.keys(known).join(", ");
        this.problems.add(it.place, `${path}.${key}: is not supported${hint}; there is ${list}`);
        continue;
      }
      if (it.value === null) continue;
      const value = this.check({ ...it, property, path: `${path}.${key}` });
      if (value !== undefined) checked[key] = value;
    }
    for (const [key, { isRequired }] of Object.entries(known)) {
      if (isRequired !== true || (given.get(key)?.value ?? null) !== null) continue;
      this.problems.add(place, `${path}.${key}: is missing`);
    }
    return checked;
  }

  #unknown(value: Unknown, property: Property, wrong: Wrong): Value | undefined {
    if (value.resource === "") return undefined;
    return property.kind === "string" || property.kind === "any"
      ? value
      : wrong("something that is known beforehand");
  }

  #allowed(value: Value, property: { allowed?: Value[] }, wrong: Wrong): Value | undefined {
    const { allowed } = property;
    if (allowed === undefined || allowed.some((it) => isEqual(it, value))) return value;
    return wrong(`${allowed.length > 1 ? "one of " : ""}${allowed.map(String).join(", ")}`);
  }

  #list(value: Value, item: Property, path: string, place: Place, wrong: Wrong): Value | undefined {
    if (!Array.isArray(value)) return wrong("a list");
    return value.flatMap((it, i) => {
      const checked = this.check({
        value: it,
        property: item,
        path: `${path}[${i}]`,
        place: this.placeOf(value, i) ?? place,
      });
      return checked === undefined ? [] : [checked];
    });
  }

  #map(value: ValueMap, property: Property & { kind: "map" }, path: string, place: Place): Value {
    if (property.keys === undefined) return value;
    const given = Object.entries(value).map(
      ([key, it]) => [key, { value: it, place: this.placeOf(value, key) ?? place }] as const,
    );
    return this.entries(new Map(given), property.keys, path, place);
  }
}
