import { InputError } from "../../common/errors";
import { asItIs } from "../../snapset/placement/placement";
import { refusals, selectSet, type Wanted } from "../../snapset/selection";
import type { SnapsetRecord } from "../../snapset/sets";
import { manifestOf, recordOf, wantedNode, flavorOf } from "./arbitraries";

const now = new Date("2026-11-21T12:00:00Z");
const nodes = [wantedNode("controller"), wantedNode("master0")];
const wanted: Wanted = { snapId: "latest", projectId: "us", now, nodes };

const setOf = (snapId: string, changes: Partial<SnapsetRecord> = {}) =>
  recordOf(manifestOf(snapId), changes);

function messageOf(sets: SnapsetRecord[], changes: Partial<Wanted>): string {
  try {
    selectSet(sets, { ...wanted, ...changes });
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("a set was chosen");
}

describe("selectSet", () => {
  it("takes the set that is named", () => {
    const sets = [setOf("aaaa"), setOf("bbbb")];
    expect(selectSet(sets, { ...wanted, snapId: "aaaa" }).snapId).toBe("aaaa");
  });

  it("takes the newest usable one as latest", () => {
    const sets = [
      setOf("old0"),
      setOf("best", { createdAt: new Date("2026-11-21T00:00:00Z") }),
      setOf("half", { createdAt: new Date("2026-11-21T01:00:00Z"), defects: ["it is half"] }),
      setOf("them", { createdAt: new Date("2026-11-21T02:00:00Z"), owner: "them" }),
    ];
    expect(selectSet(sets, wanted).snapId).toBe("best");
  });

  it("says which sets there are when the named one does not exist", () => {
    expect(messageOf([setOf("aaaa")], { snapId: "zzzz" })).toBe(
      "snapId: there is no set zzzz; there is aaaa",
    );
    expect(messageOf([], { snapId: "zzzz" })).toBe(
      "snapId: there is no set zzzz; there is none at all",
    );
  });

  it("takes ours of an id that another project has too", () => {
    const [ours, theirs] = [setOf("aaaa"), setOf("aaaa", { owner: "them" })];
    expect(selectSet([theirs, ours], { ...wanted, snapId: "aaaa" })).toBe(ours);
  });

  it("gives all reasons for which the named set is refused", () => {
    const set = setOf("aaaa", { owner: "them", defects: ["image x is gone"] });
    const other = [wantedNode("master1")];
    const late = new Date("2026-12-21T00:00:00Z");
    expect(messageOf([set], { snapId: "aaaa", nodes: other, now: late })).toBe(
      [
        "snapId: 4 problems",
        "  - set aaaa cannot be restored: it belongs to project them",
        "  - set aaaa cannot be restored: image x is gone",
        "  - set aaaa cannot be restored: its cluster's certificates expired at 2026-12-20T10:00:00.000Z; snapset:allowExpired restores it all the same",
        "  - set aaaa cannot be restored: it has no image of node master1; it has controller, master0",
      ].join("\n"),
    );
  });

  it("says of each candidate why none is the latest", () => {
    expect(messageOf([setOf("half", { defects: ["it is half"] })], {})).toBe(
      "snapId: 2 problems\n  - latest: there is no set that can be restored\n  - set half: it is half",
    );
  });
});

describe("an expired set", () => {
  const late = { now: new Date("2026-12-21T00:00:00Z") };

  it("is chosen when that is allowed, by name and as the latest", () => {
    const set = setOf("aaaa");
    const allowed = { ...wanted, ...late, allowExpired: true };
    expect(selectSet([set], { ...allowed, snapId: "aaaa" })).toBe(set);
    expect(selectSet([set], { ...allowed, snapId: "latest" })).toBe(set);
  });

  it("is not the latest while an older one is good", () => {
    const expired = setOf("aaaa", { createdAt: new Date("2026-12-20T12:00:00Z") });
    const good = recordOf(manifestOf("bbbb", { notAfter: "2027-01-20T10:00:00.000Z" }));
    const allowed = { ...wanted, ...late, snapId: "latest", allowExpired: true };
    const older = { ...good, createdAt: new Date("2026-12-01T12:00:00Z") };
    expect(selectSet([expired, older], allowed)).toBe(older);
  });

  it("is still refused for everything else", () => {
    const set = setOf("aaaa", { defects: ["image x is gone"] });
    expect(messageOf([set], { snapId: "aaaa", ...late, allowExpired: true })).toBe(
      "snapId: set aaaa cannot be restored: image x is gone",
    );
  });
});

describe("refusals", () => {
  it("wants the roles of set and environment to agree", () => {
    const swapped = [wantedNode("master0", { role: "ocp_worker" })];
    expect(refusals(setOf("aaaa"), { ...wanted, nodes: swapped })).toEqual([
      "its master0 is a ocp_master, the environment's is a ocp_worker",
    ]);
  });

  it("asks the set's own environment where none is given, as it is placed here", () => {
    const own = {
      name: "lab",
      networks: [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/24" }] }],
      nodes: [{ name: "master0", role: "ocp_master", flavor: "tiny", ports: [{ network: "net" }] }],
    };
    const flavors = [flavorOf("small", 10), flavorOf("medium", 20)];
    const refusalsOf = (environment: unknown, map: Record<string, string> = {}) => {
      const manifest = manifestOf("aaaa", { environment });
      const members = manifest.members.map((member) => ({ ...member, minDiskGb: 15 }));
      const placement = { ...asItIs, map: { ...asItIs.map, flavors: map } };
      const set = recordOf({ ...manifest, members });
      return refusals(set, { ...wanted, nodes: undefined, flavors, placement });
    };
    expect(refusalsOf(own, { tiny: "small" })).toEqual([
      "node master0: flavor small has a disk of 10 GiB, its image needs 15: medium would do",
    ]);
    expect(refusalsOf(own, { tiny: "medium" })).toEqual([]);
    expect(refusalsOf(own, { teeny: "medium" })).toEqual([
      "snapset:map: flavors.teeny: the environment names no teeny; the nearest is tiny",
    ]);
    expect(refusalsOf({ ...own, nodes: [] })).toEqual([
      "the environment of set aaaa: nodes: must have at least one node",
    ]);
  });

  it("needs an environment from somewhere", () => {
    expect(refusals(setOf("aaaa"), { ...wanted, nodes: undefined })).toEqual([
      "it holds no environment of its own: name one with snapset:environment",
    ]);
  });
});
