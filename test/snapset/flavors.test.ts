import { flavorProblems } from "../../snapset/flavors";
import { flavorOf, wantedNode } from "./arbitraries";

const flavors = [
  flavorOf("huge", 80, { vcpus: 8, ram: 8192 }),
  flavorOf("tiny", 1),
  flavorOf("weak", 40, { ram: 512 }),
  flavorOf("small", 10),
  flavorOf("large", 40, { vcpus: 2 }),
  flavorOf("as-large-as-the-image", 0),
];
const problemsOf = (flavor: string, minDiskGb: number, known = flavors) =>
  flavorProblems(wantedNode("master0", { flavor }), minDiskGb, known);

describe("flavorProblems", () => {
  it("takes a flavor whose disk holds the image, or is made as large as it", () => {
    expect(problemsOf("small", 10)).toEqual([]);
    expect(problemsOf("as-large-as-the-image", 10)).toEqual([]);
  });

  it("does not look at the disk of a node that boots from a volume", () => {
    const node = wantedNode("master0", { flavor: "tiny", bootsFromVolume: true });
    expect(flavorProblems(node, 10, flavors)).toEqual([]);
  });

  it("names the flavors that would do, the smallest first, none that is weaker", () => {
    expect(problemsOf("tiny", 20)).toEqual([
      "node master0: flavor tiny has a disk of 1 GiB, its image needs 20: large, huge would do",
    ]);
    expect(problemsOf("tiny", 100)).toEqual([
      "node master0: flavor tiny has a disk of 1 GiB, its image needs 100: no flavor here would do",
    ]);
  });

  it("says nothing of a flavor that the cloud does not have", () => {
    expect(problemsOf("giant", 1)).toEqual([]);
  });
});
