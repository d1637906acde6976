import { fitProblems } from "../../snapset/fit";
import { flavorOf, manifestOf, recordOf, volumeOf, wantedNode, withVolumes } from "./arbitraries";

const root = volumeOf("root", { isRoot: true, device: "/dev/vda" });
const fromImage = recordOf(manifestOf("AbCdEf12"));
const fromVolume = recordOf(withVolumes(manifestOf("AbCdEf12"), [root]));

describe("fitProblems", () => {
  it("finds none where each node boots as it was captured", () => {
    const nodes = [wantedNode("controller"), wantedNode("master0")];
    const flavors = [flavorOf("small", 1)];
    expect(fitProblems(fromImage, nodes, flavors)).toEqual([]);
    const [controller, master] = nodes;
    if (controller === undefined || master === undefined) throw new RangeError("two nodes");
    expect(
      fitProblems(fromVolume, [controller, { ...master, bootsFromVolume: true }], flavors),
    ).toEqual([]);
  });

  it.each([
    [
      "from an image, where the set has a volume",
      fromVolume,
      false,
      "its master0 boots from a volume, the environment's from an image: give it a rootVolume",
    ],
    [
      "from a volume, where the set has an image",
      fromImage,
      true,
      "its master0 boots from an image, the environment's from a volume: remove its rootVolume",
    ],
    [
      "from a volume, where Hotstack made the set",
      recordOf(manifestOf("AbCdEf12"), { manifest: undefined } as object),
      true,
      "its master0 boots from an image, the environment's from a volume: remove its rootVolume",
    ],
  ])("refuses a node that boots %s", (_what, set, bootsFromVolume, problem) => {
    const nodes = [wantedNode("master0", { bootsFromVolume })];
    expect(fitProblems(set, nodes, undefined)).toEqual([problem]);
  });

  it("measures the flavor against the member's image", () => {
    const members = manifestOf("AbCdEf12").members.map((it) => ({ ...it, minDiskGb: 5 }));
    const set = recordOf(manifestOf("AbCdEf12", { members }));
    expect(fitProblems(set, [wantedNode("master0")], [flavorOf("small", 1)])).toEqual([
      "node master0: flavor small has a disk of 1 GiB, its image needs 5: no flavor here would do",
    ]);
  });
});
