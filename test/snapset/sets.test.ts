import { assembleSets, type SetImage } from "../../snapset/sets";
import type { Manifest } from "../../snapset/manifest";
import { hotstackImage, manifestOf, snapsetImage } from "./arbitraries";

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
      "the manifest is of a newer schema",
      (images: SetImage[]) =>
        images.map((it) =>
          it["snapset_manifest"] ? { ...it, snapset_manifest: '{"schemaVersion":2}' } : it,
        ),
      [
        "image controller-AbCdEf12: the manifest has schema 2, this version of SnapSet reads up to 1: update SnapSet",
      ],
    ],
    [
      "the manifest is cut",
      (images: SetImage[]) =>
        images.map((it) =>
          it["snapset_manifest"] ? { ...it, snapset_manifest: "gzip:AAAA" } : it,
        ),
      ["image controller-AbCdEf12: the manifest cannot be read: incorrect header check"],
    ],
  ])("says why a set is not complete: %s", (_what, damage, defects) => {
    expect(assembleSets(damage(committed()))[0]?.defects).toEqual(defects);
  });
});
