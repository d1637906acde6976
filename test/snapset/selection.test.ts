import { InputError } from "../../common/errors";
import { refusals, selectSet, type Wanted } from "../../snapset/selection";
import type { SnapsetRecord } from "../../snapset/sets";
import { manifestOf } from "./arbitraries";

const now = new Date("2026-11-21T12:00:00Z");
const nodes = [
  { name: "controller", role: "controller" },
  { name: "master0", role: "ocp_master" },
];
const wanted: Wanted = { snapId: "latest", projectId: "us", now, nodes };

function setOf(snapId: string, changes: Partial<SnapsetRecord> = {}): SnapsetRecord {
  return {
    snapId,
    owner: "us",
    createdAt: new Date("2026-11-20T00:00:00Z"),
    madeBy: "snapset",
    members: nodes.map((node) => ({
      ...node,
      imageId: `${node.name}-${snapId}`,
      status: "active",
      macAddress: "fa:16:9e:81:f6:05",
    })),
    manifest: manifestOf(snapId),
    defects: [],
    ...changes,
  };
}

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

  it("refuses an id that two projects have", () => {
    expect(messageOf([setOf("aaaa"), setOf("aaaa", { owner: "them" })], { snapId: "aaaa" })).toBe(
      "snapId: aaaa names 2 sets, in projects us and them: restore it where it is the only one",
    );
  });

  it("gives all reasons for which the named set is refused", () => {
    const set = setOf("aaaa", { owner: "them", defects: ["image x is gone"] });
    const other = [{ name: "master1", role: "ocp_master" }];
    const late = new Date("2026-12-21T00:00:00Z");
    expect(messageOf([set], { snapId: "aaaa", nodes: other, now: late })).toBe(
      [
        "snapId: 4 problems",
        "  - set aaaa cannot be restored: it belongs to project them",
        "  - set aaaa cannot be restored: image x is gone",
        "  - set aaaa cannot be restored: its cluster's certificates expired at 2026-12-20T10:00:00.000Z",
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

describe("refusals", () => {
  it("wants the roles of set and environment to agree", () => {
    const swapped = [{ name: "master0", role: "ocp_worker" }];
    expect(refusals(setOf("aaaa"), { ...wanted, nodes: swapped })).toEqual([
      "its master0 is a ocp_master, the environment's is a ocp_worker",
    ]);
  });

  it("needs an environment from somewhere", () => {
    expect(refusals(setOf("aaaa"), { ...wanted, nodes: undefined })).toEqual([
      "it holds no environment of its own: name one with snapset:environment",
    ]);
  });
});
