import {
  imageNameOf,
  lengthProblems,
  propertiesOf,
  tagsOf,
  type MemberIdentity,
} from "../../snapset/identity";

const identity: MemberIdentity = {
  snapId: "AbCdEf12",
  environment: "lab",
  member: "master0",
  role: "ocp_master",
  macAddresses: ["fa:16:9e:81:f6:10", "fa:16:9e:81:f6:11"],
  members: 2,
  capturedAt: new Date("2026-11-21T10:00:00Z"),
};

describe("a member's identity", () => {
  it("has Hotstack's image name and tags, byte for byte", () => {
    expect(imageNameOf("master0", "AbCdEf12")).toBe("hotstack-master0-snapshot-AbCdEf12");
    expect(tagsOf(identity)).toEqual([
      "hotstack",
      "hotstack-snapset",
      "name=master0",
      "role=ocp_master",
      "snap_id=AbCdEf12",
      "mac_address=fa:16:9e:81:f6:10",
    ]);
  });

  it("sets every property, so that none is inherited from the set a server was restored from", () => {
    expect(propertiesOf(identity)).toEqual({
      snapset_id: "AbCdEf12",
      snapset_environment: "lab",
      snapset_member: "master0",
      snapset_role: "ocp_master",
      snapset_macs: "fa:16:9e:81:f6:10,fa:16:9e:81:f6:11",
      snapset_members: "2",
      snapset_captured_at: "2026-11-21T10:00:00.000Z",
      snapset_not_after: "",
      snapset_schema: "3",
      snapset_manifest: "",
    });
  });

  it("lists as many whole MACs as Nova's metadata holds", () => {
    const macAddresses = Array.from({ length: 20 }, (_, i) => `fa:16:9e:81:f6:${String(i + 10)}`);
    const macs = propertiesOf({ ...identity, macAddresses })["snapset_macs"] ?? "";
    expect(macs.length).toBeLessThanOrEqual(255);
    expect(macs.split(",")).toEqual(macAddresses.slice(0, 14));
  });

  it("accepts names of any alphabet up to Glance's limit", () => {
    expect(lengthProblems({ ...identity, member: "узел-0" })).toEqual([]);
    const member = "n".repeat(230);
    expect(lengthProblems({ ...identity, member })).toEqual([
      `instances.${member}: the image name would have 257 characters, Glance allows 255: ` +
        `hotstack-${"n".repeat(51)}…`,
    ]);
  });
});
