import fc from "fast-check";
import { uniqueNames } from "../../../snapset/discovery/names";
import { isName } from "../../../snapset/environment/environment";

const thing = fc.record({
  id: fc.uuid(),
  name: fc.oneof(fc.constantFrom("a", "a-2", "", "x/y"), fc.string()),
});
const things = fc.uniqueArray(thing, { selector: ({ id }) => id });

describe("names of what is found", () => {
  it("are good, each once, the same however the cloud lists them, and free of what is taken", () => {
    fc.assert(
      fc.property(things, fc.array(fc.string()), (all, taken) => {
        const names = uniqueNames("network", all, () => undefined, taken);
        expect([...names.values()].every(isName)).toBe(true);
        expect(new Set([...names.values(), ...taken]).size).toBe(all.length + new Set(taken).size);
        const again = uniqueNames("network", all.toReversed(), () => undefined, taken);
        expect(new Map([...names].toSorted())).toEqual(new Map([...again].toSorted()));
      }),
    );
  });

  it("are those of the cloud where they can be, and it is said where they are not", () => {
    const said: string[] = [];
    const names = uniqueNames(
      "network",
      [
        { id: "2", name: "a" },
        { id: "1", name: "a" },
        { id: "3", name: "x/y" },
        { id: "4", name: "" },
      ],
      (finding) => said.push(finding),
    );
    expect(Object.fromEntries(names)).toEqual({ 1: "a", 2: "a-2", 3: "x-y", 4: "network" });
    expect(said).toEqual([
      "network a is called a-2 in the set: another one has its name",
      "network x/y is called x-y in the set: it cannot be a name there",
    ]);
  });
});
