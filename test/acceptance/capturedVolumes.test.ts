import type { Instance } from "../../snapset/snapsetData";
import { captureOf, expectUntouched, failureOf, FaultyCloud } from "./FaultyCloud";

jest.setTimeout(60_000);

let cloud: FaultyCloud;
let instances: Instance[];

beforeEach(async () => {
  cloud = await FaultyCloud.open();
  instances = cloud.bootThree();
});
afterEach(() => cloud.close());

describe("volumes of a capture", () => {
  it("are in the set, in the order of their devices, unless somebody says otherwise", async () => {
    const ids = ["data", "scratch", "cache"].map((name) => cloud.attachVolume("compute0", name));
    const volumes = { scratch: "empty", [ids[2] ?? ""]: "exclude" } as const;
    const { snapshots } = await cloud.capture(captureOf(instances, { volumes }));
    const held = cloud.world.volumes.snapshots();
    expect(held.map((it) => [it.volumeId, it.status])).toEqual([[ids[0], "available"]]);
    expect(held[0]?.metadata).toEqual({
      snapset_id: "faults01",
      snapset_member: "compute0",
      snapset_volume: ids[0],
    });
    expect(snapshots).toEqual([
      {
        member: "compute0",
        name: "data",
        device: "/dev/vdb",
        policy: "include",
        sizeGb: 1,
        snapshotId: held[0]?.id,
      },
      expect.objectContaining({
        name: "scratch",
        device: "/dev/vdc",
        policy: "empty",
        snapshotId: null,
      }),
      expect.objectContaining({
        name: "cache",
        device: "/dev/vdd",
        policy: "exclude",
        snapshotId: null,
      }),
    ]);
    const member = cloud.manifestOf("faults01").members.find(({ name }) => name === "compute0");
    expect(member?.indications).toEqual(["PartialSnapshot"]);
  });

  it("of a server that boots from one are Nova's snapshots, found and owned; the unwanted goes", async () => {
    const root = cloud.bootFromVolume("compute2", "compute", 7);
    const data = cloud.attachVolume("compute2", "data");
    const scratch = cloud.attachVolume("compute2", "scratch");
    const outs = await cloud.capture(
      captureOf([...instances, root.instance], { volumes: { scratch: "empty" } }),
    );
    const held = cloud.world.volumes.snapshots();
    expect(held.map((it) => it.volumeId).toSorted()).toEqual([root.volumeId, data].toSorted());
    expect(held.map((it) => it.volumeId)).not.toContain(scratch);
    expect(held.every((it) => it.metadata["snapset_id"] === "faults01")).toBe(true);
    const member = cloud.manifestOf("faults01").members.at(-1);
    expect(member?.volumes.map(({ isRoot, snapshotId }) => [isRoot, snapshotId !== null])).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ]);
    await cloud.remove(outs);
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.world.volumes.snapshots()).toEqual([]);
  });

  it("of a running server that boots from one are frozen by its agent, with proof", async () => {
    const agent = { hw_qemu_guest_agent: "yes", os_require_quiesce: "yes" };
    const { instance } = cloud.bootFromVolume("compute2", "compute", 7, agent);
    await cloud.capture(captureOf([instance], { consistency: "quiesce" }));
    expect(cloud.manifestOf("faults01").members[0]?.indications).toEqual(["Online", "GuestAgent"]);
    expect(cloud.freezesOf("compute2")).toBe(1);
  });
});

describe("a capture is refused before the first change", () => {
  const refusalOf = async (changes: Parameters<typeof captureOf>[1] = {}) => {
    const { message } = await expectUntouched(cloud, () =>
      failureOf(cloud.capture(captureOf(instances, changes))),
    );
    return message;
  };

  it("for quotas of Cinder and Glance, all in one list", async () => {
    cloud.attachVolume("compute0", "data");
    cloud.attachVolume("compute1", "more");
    Object.assign(cloud.world.quotas, { snapshots: 1, gigabytes: 3, image_count_total: 3 });
    expect(await refusalOf()).toBe(
      [
        "capture: 3 problems",
        "  - quota Cinder's snapshots: 2 more needed, 0 of 1 are used: raise it, or delete sets that are no longer needed",
        "  - quota Cinder's gigabytes: 2 more needed, 2 of 3 are used: raise it, or delete sets that are no longer needed",
        "  - quota Glance's image_count_total: 4 more needed, 0 of 3 are used: raise it, or delete sets that are no longer needed",
      ].join("\n"),
    );
  });

  it("for a vTPM, for a policy of a volume that is not there, and for a root that is to be left out", async () => {
    const tpm = cloud.boot("tpm0", "compute", 8, { hw_tpm_version: "2.0" });
    const root = cloud.bootFromVolume("compute2", "compute", 7);
    instances.push(tpm, root.instance);
    const message = await refusalOf({ volumes: { [root.volumeId]: "exclude", ghost: "empty" } });
    expect(message).toContain(
      `instance tpm0 (${tpm.uuid}) has a vTPM (2.0): its secrets are in no image`,
    );
    expect(message).toContain("is its root disk and cannot be left out: take exclude off it");
    expect(message).toContain("snapset:volumes.ghost: no server of the capture has such a volume");
  });
});
