import { literal } from "../../../hotstack/hot/parameters";
import { Problems } from "../../../hotstack/problems";
import { dumpYaml } from "../../../hotstack/yaml/dumpYaml";
import { readYaml } from "../../../hotstack/yaml/readYaml";
import { Unknown } from "../../../hotstack/values";
// Each `out` is what PyYAML 6.0.3 with libyaml makes of `in`, which went through JSON as in Heat.
import fixtures from "./pyyaml.json";

describe("dumpYaml", () => {
  it.each(fixtures)("writes what PyYAML writes: $in", ({ in: text, out }) => {
    const problems = new Problems();
    const node = readYaml(text, "fixture", problems);
    problems.throwIfAny("fixture");
    expect(dumpYaml(literal(node) ?? null)).toBe(out);
  });

  it("names by anchors what stands in several places, the first to come again first", () => {
    const servers = ["8.8.8.8"];
    const map = { servers };
    expect(dumpYaml({ z: map, a: servers, b: map, c: [] })).toBe(
      "a: &id001\n- 8.8.8.8\nb: &id002\n  servers: *id001\nc: []\nz: *id002\n",
    );
  });

  it("writes an empty list that comes twice as PyYAML does", () => {
    const none: never[] = [];
    expect(dumpYaml({ a: none, b: none })).toBe("a: &id001 []\nb: *id001\n");
  });

  it("does not write what only the cloud knows", () => {
    expect(() => dumpYaml({ a: new Unknown("port", "mac_address") })).toThrow(
      "mac_address of port cannot be written as YAML",
    );
  });
});
