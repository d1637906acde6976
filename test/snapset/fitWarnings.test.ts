import { fitWarnings } from "../../snapset/fitWarnings";
import type { ManifestVolume } from "../../snapset/manifest";
import type { WantedNode } from "../../snapset/environment/wantedNode";
import { flavorOf, manifestOf, recordOf, volumeOf, wantedNode, withVolumes } from "./arbitraries";

function warningsOf(held: ManifestVolume[], declared: WantedNode["volumes"], flavor = {}) {
  const set = recordOf(withVolumes(manifestOf("AbCdEf12"), held));
  const node = wantedNode("master0", { volumes: declared });
  return fitWarnings(set, [wantedNode("controller"), node], [flavorOf("small", 10, flavor)]);
}
const include = (name: string) => ({ name, capture: "include" as const });
const empty = (name: string) => ({ name, capture: "empty" as const });
const exclude = (name: string) => ({ name, capture: "exclude" as const });

describe("fitWarnings", () => {
  it("has none where everything comes back", () => {
    const held = [
      volumeOf("root", { isRoot: true, device: "/dev/vda" }),
      volumeOf("logs", { device: "/dev/vdc" }),
      volumeOf("data", { device: "/dev/vdb" }),
    ];
    expect(warningsOf(held, [include("data"), include("logs")])).toEqual([]);
  });

  it("names the volumes that are made blank though their data are wanted", () => {
    const held = [volumeOf("scratch", { policy: "empty", snapshotId: null })];
    const declared = [include("scratch"), include("new"), empty("blank"), exclude("none")];
    expect(warningsOf(held, declared)).toEqual([
      "node master0: the set does not hold the data of scratch, new: made blank",
    ]);
  });

  it("names the volumes of a set by Hotstack: it holds none", () => {
    const set = recordOf(manifestOf("AbCdEf12"), { manifest: undefined } as object);
    const node = wantedNode("master0", { volumes: [include("data")] });
    expect(fitWarnings(set, [node], [])).toEqual([
      "node master0: the set does not hold the data of data: made blank",
    ]);
  });

  it("names the volumes whose data nobody asks for", () => {
    const held = [volumeOf("data"), volumeOf("more", { device: "/dev/vdc" })];
    const scratch = volumeOf("scratch", { policy: "exclude", snapshotId: null });
    expect(warningsOf([...held, scratch], [empty("data")])).toEqual([
      "node master0: the environment does not declare more of the set: the data are not restored",
    ]);
  });

  it("repeats that the set itself is partial, and of what", () => {
    const manifest = manifestOf("AbCdEf12");
    const volumes = [volumeOf("scratch", { policy: "exclude", snapshotId: null })];
    const partial = manifest.members.map((member) => ({
      ...member,
      indications: ["PartialSnapshot" as const],
      volumes: member.name === "master0" ? volumes : [],
    }));
    const set = recordOf({ ...manifest, members: partial });
    const nodes = [wantedNode("controller"), wantedNode("master0")];
    expect(fitWarnings(set, nodes, [])).toEqual([
      "node controller: the set does not hold everything of it (PartialSnapshot)",
      "node master0: the set does not hold everything of it (PartialSnapshot); nothing of scratch",
    ]);
  });

  it("tells a volume that comes back as another device", () => {
    const held = [
      volumeOf("scratch", { device: "/dev/vdb", policy: "exclude", snapshotId: null }),
      volumeOf("data", { device: "/dev/vdc" }),
      volumeOf("disk", { device: "/dev/sdx" }),
    ];
    expect(warningsOf(held, [exclude("scratch"), include("data"), include("disk")])).toEqual([
      "node master0: volume data was /dev/vdc, it comes back as /dev/vdb",
    ]);
  });

  it("counts the disks of the flavor before those of volumes", () => {
    const held = [volumeOf("data", { device: "/dev/vdd" })];
    const disks = { swap: 512, "OS-FLV-EXT-DATA:ephemeral": 1 };
    expect(warningsOf(held, [include("data")], disks)).toEqual([]);
    expect(warningsOf(held, [include("data")])).toEqual([
      "node master0: volume data was /dev/vdd, it comes back as /dev/vdb",
    ]);
  });
});
