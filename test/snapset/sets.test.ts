import { assembleSets, hasSnapshots, type SetImage, type SetSnapshot } from "../../snapset/sets";
import type { Manifest } from "../../snapset/manifest";
import {
  hotstackImage,
  manifestOf,
  snapsetImage,
  snapshotOf,
  volumeOf,
  withVolumes,
} from "./arbitraries";

const committed = (manifest: Manifest = manifestOf("AbCdEf12")): SetImage[] => [
  snapsetImage("controller", manifest.snapId, { snapset_manifest: JSON.stringify(manifest) }),
  snapsetImage("master0", manifest.snapId),
];

describe("assembleSets", () => {
  it("takes a committed set as complete", () => {
    const [set, ...others] = assembleSets(committed());
    expect(others).toEqual([]);
    expect(set).toMatchObject({ snapId: "AbCdEf12", owner: "us", madeBy: "snapset", defects: [] });
    expect(set?.members.map((member) => [member.name, member.role, member.imageId])).toEqual([
      ["controller", "controller", "controller-AbCdEf12"],
      ["master0", "ocp_master", "master0-AbCdEf12"],
    ]);
  });

  it("takes Hotstack's own sets, which have tags only", () => {
    const images = [hotstackImage("controller", "zzzz0000"), hotstackImage("master0", "zzzz0000")];
    expect(assembleSets(images)).toMatchObject([{ madeBy: "hotstack", defects: [] }]);
  });

  it("calls a set without a manifest uncommitted", () => {
    expect(assembleSets([snapsetImage("master0", "AbCdEf12")])[0]?.defects).toEqual([
      "it was never committed: no image of it carries a manifest",
    ]);
  });

  it("tells sets by their tag and not by a property that a restored server's image inherited", () => {
    const inherited = {
      ...hotstackImage("controller", "new00000"),
      snapset_id: "AbCdEf12",
      snapset_manifest: JSON.stringify(manifestOf("AbCdEf12")).slice(0, 255),
    };
    const sets = assembleSets([...committed(), inherited]);
    expect(sets.map((set) => [set.snapId, set.madeBy, set.defects])).toEqual([
      ["AbCdEf12", "snapset", []],
      ["new00000", "hotstack", []],
    ]);
  });

  it("keeps the same id in two projects apart", () => {
    const foreign = committed().map((image) => ({ ...image, owner: "them" }));
    expect(assembleSets([...committed(), ...foreign]).map((set) => set.owner)).toEqual([
      "us",
      "them",
    ]);
  });

  it.each([
    [
      "an image is gone",
      (images: SetImage[]) => images.slice(0, 1),
      ["member master0: image master0-AbCdEf12 is gone"],
    ],
    [
      "an image is not active",
      (images: SetImage[]) => images.map((it) => ({ ...it, status: "deactivated" })),
      [
        "member controller: image controller-AbCdEf12 is deactivated",
        "member master0: image master0-AbCdEf12 is deactivated",
      ],
    ],
    [
      "an image has other data",
      (images: SetImage[]) => images.map((it) => ({ ...it, os_hash_value: "other" })),
      [
        "member controller: image controller-AbCdEf12 has another checksum than at the capture",
        "member master0: image master0-AbCdEf12 has another checksum than at the capture",
      ],
    ],
    [
      "an image has another size",
      (images: SetImage[]) => images.map((it) => ({ ...it, size: 999 })),
      [
        "member controller: image controller-AbCdEf12 has 999 bytes, at the capture it had 1000",
        "member master0: image master0-AbCdEf12 has 999 bytes, at the capture it had 1000",
      ],
    ],
    [
      "an image has lost a tag",
      (images: SetImage[]) =>
        images.map((it) => ({ ...it, tags: it.tags.filter((tag) => tag !== "role=ocp_master") })),
      ["member master0: image master0-AbCdEf12 lacks the tag role=ocp_master"],
    ],
    [
      "the manifest is of another set",
      (images: SetImage[]) =>
        images.map((it) =>
          it["snapset_manifest"]
            ? { ...it, snapset_manifest: JSON.stringify(manifestOf("other000")) }
            : it,
        ),
      ["its manifest is that of other000"],
    ],
    [
      "the manifest is of a newer schema",
      (images: SetImage[]) =>
        images.map((it) =>
          it["snapset_manifest"] ? { ...it, snapset_manifest: '{"schemaVersion":4}' } : it,
        ),
      [
        "image controller-AbCdEf12: the manifest has schema 4, this version of SnapSet reads up to 3: update SnapSet",
      ],
    ],
    [
      "the manifest is cut",
      (images: SetImage[]) =>
        images.map((it) =>
          it["snapset_manifest"] ? { ...it, snapset_manifest: "gzip:AAAA" } : it,
        ),
      ["image controller-AbCdEf12: snapset_manifest cannot be read: incorrect header check"],
    ],
  ])("says why a set is not complete: %s", (_what, damage, defects) => {
    expect(assembleSets(damage(committed()))[0]?.defects).toEqual(defects);
  });
});

describe("a set that holds volumes", () => {
  const root = volumeOf("root", { isRoot: true, device: "/dev/vda" });
  const data = volumeOf("data");
  const blank = volumeOf("blank", { policy: "empty", snapshotId: null });
  const manifest = withVolumes(manifestOf("AbCdEf12"), [data, blank]);
  const defectsOf = (snapshots: SetSnapshot[], of = manifest) =>
    assembleSets(committed(of), snapshots)[0]?.defects;

  it("is complete with the snapshot of each volume whose data it holds", () => {
    expect(defectsOf([snapshotOf(data)])).toEqual([]);
  });

  it("is not judged without the snapshots", () => {
    const sets = assembleSets(committed(manifest));
    expect(sets.map(hasSnapshots)).toEqual([true]);
    expect(sets[0]?.defects).toEqual([
      "member master0: snapshot snapshot-data of its volume data is not there",
    ]);
    const blankOnly = withVolumes(manifestOf("AbCdEf12"), [blank]);
    expect(assembleSets(committed(blankOnly)).map(hasSnapshots)).toEqual([false]);
  });

  it.each([
    ["is error", { status: "error" }],
    ["is one of volume other, not of volume-data", { volume_id: "other" }],
    ["has 10 GiB, at the capture it had 20", { size: 10 }],
  ])("is not complete when a snapshot %s", (defect, changes) => {
    expect(defectsOf([{ ...snapshotOf(data), ...changes }])).toEqual([
      `member master0: snapshot snapshot-data of its volume data ${defect}`,
    ]);
  });

  it("is not complete when a volume has no snapshot", () => {
    const without = withVolumes(manifest, [{ ...data, snapshotId: null }]);
    expect(defectsOf([], without)).toEqual(["member master0: its volume data has no snapshot"]);
  });

  it("takes the image of a server that boots from a volume as it is: without data", () => {
    const backed = withVolumes(manifest, [root]);
    const images = committed(backed).map((it) =>
      it.id === "master0-AbCdEf12" ? { ...it, size: 0, os_hash_value: null } : it,
    );
    expect(assembleSets(images, [snapshotOf(root)])[0]?.defects).toEqual([]);
    const queued = images.map((it) => ({ ...it, status: "queued" }));
    expect(assembleSets(queued, [snapshotOf(root)])[0]?.defects).toEqual([
      "member controller: image controller-AbCdEf12 is queued",
      "member master0: image master0-AbCdEf12 is queued",
    ]);
  });
});
