import { ranSinceSnapshot } from "../../../snapset/ironic/adoption";
import { imageRefProblem, withoutSnapshots } from "../../../snapset/ironic/capability";
import type { NodeView } from "../../../snapset/ironic/node";
import { judgeNodes } from "../../../snapset/ironic/preflight";
import { restoreProblems } from "../../../snapset/ironic/restorePreflight";
import type { Consistency } from "../../../snapset/manifest";
import { imageId, node, snapId } from "./domain";

const mac = "52:54:00:aa:bb:01";
const instance = {
  name: "master0",
  uuid: "uuid-1",
  role: "ocp_master" as const,
  macAddress: mac,
  platform: "ironic" as const,
};
const identity = {
  snapId,
  environment: "lab",
  member: "master0",
  role: "ocp_master" as const,
  macAddresses: [mac],
  members: 1,
  capturedAt: new Date(0),
};

function judge(
  of: Partial<NodeView> | undefined,
  consistency: Consistency = "shutdown",
  hasCluster = false,
) {
  const found = of === undefined ? undefined : node(of);
  const around = { cloud: "lab", projectId: "mine", snapId, consistency, hasCluster };
  return judgeNodes([{ instance, identity, node: found }], around);
}

describe("a capture's preflight", () => {
  it("finds nothing wrong with an active node that is off", () => {
    expect(judge({})).toEqual({ problems: [], warnings: [] });
  });

  it("goes on with what an interrupted run of its own has left under way", () => {
    expect(judge({ provisionState: "snapshot wait", snapshotMark: snapId }).problems).toEqual([]);
  });

  it("says everything at once, by name", () => {
    const wrong = {
      owner: "theirs",
      provisionState: "available",
      isInMaintenance: true,
      snapshotInterface: "no-snapshot",
      macAddresses: ["52:54:00:00:00:09"],
    };
    expect(judge(wrong).problems).toEqual([
      "node rack-1 (uuid-1) belongs to project theirs, this one is mine",
      "node rack-1 (uuid-1) is available: only what is deployed can be captured, so it must be active",
      "node rack-1 (uuid-1) is in maintenance: take it out of maintenance first",
      "node rack-1 (uuid-1) has snapshot_interface no-snapshot: give it one that makes snapshots, such as agent",
      `node rack-1 (uuid-1) has no port with MAC ${mac}; it has 52:54:00:00:00:09`,
    ]);
  });

  it("refuses a running node of a cluster, which would not be brought to rest", () => {
    const on = { powerState: "power on" };
    expect(judge(on, "shutdown", true).problems).toEqual([
      "master0 is a cluster's node on bare metal, where a cluster is not brought to rest (node rack-1 (uuid-1) is on): " +
        "shut the cluster down first, or take snapset:cluster out and its machines are captured without it",
    ]);
    const ramdisk = { ...on, provisionState: "snapshot wait", snapshotMark: snapId };
    for (const it of [{ powerState: "power off" }, ramdisk]) {
      expect(judge(it, "shutdown", true).problems).toEqual([]);
    }
  });

  it("takes a node that the project only leases", () => {
    expect(judge({ owner: "theirs", lessee: "mine" }).problems).toEqual([]);
    expect(judge({ owner: "theirs", lessee: "others" }).problems).toHaveLength(1);
  });

  it("leaves another one's snapshot alone", () => {
    expect(judge({ provisionState: "snapshot failed" }).problems).toEqual([
      expect.stringContaining("is snapshot failed, which this capture has not asked for") as string,
    ]);
  });

  it("says where a node is missing", () => {
    expect(judge(undefined).problems).toEqual([
      "instance master0 (uuid-1) is not found in the Ironic of cloud lab: take it out of the capture, or name another cloud or region",
    ]);
  });

  it("freezes nothing, and says what a crash-consistent image is worth", () => {
    expect(judge({}, "quiesce").problems).toEqual([
      "consistency quiesce: a bare-metal machine is netbooted for its snapshot, so nothing in it can be frozen: say shutdown, or crash",
    ]);
    expect(judge({ powerState: "power on" }, "crash").warnings).toEqual([
      "NoGuestAgent: node rack-1 (uuid-1) is netbooted while it runs: its disk is as after a power cut",
    ]);
  });

  it("announces that a reservation will be waited for", () => {
    expect(judge({ reservation: "c1" })).toEqual({
      problems: [],
      warnings: ["node rack-1 (uuid-1) is locked by conductor c1: that is waited for"],
    });
  });
});

describe("a restore's preflight", () => {
  const wish = { snapId, trigger: "" };
  const target = (of: Partial<NodeView> | undefined, more: object = {}) => ({
    member: "master0",
    ident: "rack-1",
    imageId,
    macAddresses: [mac],
    minDiskGb: 5,
    node: of === undefined ? undefined : node({ provisionState: "available", ...of }),
    ...more,
  });
  const problems = (...targets: ReturnType<typeof target>[]) =>
    restoreProblems(targets, wish, { cloud: "lab", projectId: "mine" });

  it("finds nothing wrong with an available node that has the MACs", () => {
    expect(problems(target({}))).toEqual([]);
  });

  it("the manifest's MACs are checked, not set", () => {
    expect(problems(target({ macAddresses: ["52:54:00:00:00:09"] }))).toEqual([
      `master0: node rack-1 (uuid-1) has no port with MAC ${mac}, which was captured; ` +
        "it has 52:54:00:00:00:09: a machine's MACs are its hardware's, so name the node that was captured",
    ]);
  });

  it("overwrites nothing that is somebody's", () => {
    expect(problems(target({ provisionState: "active" }))).toEqual([
      "master0: node rack-1 (uuid-1) is active with something that no set was restored to: " +
        "undeploy it first (`openstack baremetal node undeploy`)",
    ]);
    expect(problems(target({ owner: "theirs", serverId: "server-1" }))).toEqual([
      "master0: node rack-1 (uuid-1) belongs to project theirs, this one is mine",
      "master0: node rack-1 (uuid-1) carries server server-1 of Nova: delete that first, or name another node",
    ]);
    const restored = {
      provisionState: "active",
      restoreMark: "Other123/",
      restoredImageId: "base-image",
      isProtected: true,
    };
    expect(problems(target(restored))).toEqual([
      "master0: node rack-1 (uuid-1) is protected: nothing on it may be overwritten",
    ]);
  });

  it("takes one that an earlier set was restored to, or that is as it should be", () => {
    const earlier = { restoreMark: "Other123/", restoredImageId: "base-image" };
    expect(problems(target({ provisionState: "active", ...earlier }))).toEqual([]);
    const deployedSince = { ...earlier, provisionState: "active", imageId: "another" };
    expect(problems(target(deployedSince))).toEqual([
      expect.stringContaining("is active with something that no set was restored to") as string,
    ]);
    expect(problems(target({ provisionState: "active", imageId }))).toEqual([]);
    const whole = { provisionState: "active", restoreMark: `${snapId}/`, imageId };
    expect(problems(target({ ...whole, isInMaintenance: true }))).toEqual([]);
  });

  it("says what else is wrong, by member", () => {
    expect(problems(target(undefined), target({ isInMaintenance: true, diskGb: 4 }))).toEqual([
      "master0: there is no node rack-1 in the Ironic of cloud lab",
      "master0: node rack-1 (uuid-1) is in maintenance: take it out of maintenance first",
      "master0: node rack-1 (uuid-1) has a disk of 4 GiB, the image needs 5",
    ]);
    expect(problems(target({}), target({}, { member: "master1" }))).toEqual([
      "master1: node rack-1 (uuid-1) is that of master0 already",
    ]);
  });
});

describe("what can be asked of an Ironic", () => {
  it("is said in one sentence when it does not offer snapshots", () => {
    expect(withoutSnapshots("lab", { min: "1.1", max: "1.82" }, "1.200")).toBe(
      "the Ironic of cloud lab does not offer snapshots of bare metal: it speaks the API versions 1.1 to 1.82, " +
        "and the specification's verb `snapshot` needs 1.200 or newer, which no released Ironic has; nothing was changed",
    );
  });

  it("`image_ref` could be an URL in other forms for standalone usage, but not covered in this spec", () => {
    expect(imageRefProblem(imageId)).toBeUndefined();
    expect(imageRefProblem("http://store/image")).toBe(
      "image_ref http://store/image is a URL, which is for Ironic's standalone use and not supported: name the UUID of an image",
    );
    expect(imageRefProblem("an image")).toBe("image_ref an image is not the UUID of an image");
  });
});

describe("whether a machine has run since its snapshot", () => {
  const provisionUpdatedAt = "2026-01-01T00:00:10+00:00";
  const ran = (of: Partial<NodeView>) =>
    ranSinceSnapshot(node({ provisionUpdatedAt, ...of }), true);

  it("is seen in its power, and in when that was switched", () => {
    expect(ran({})).toBeUndefined();
    expect(ran({ powerState: "power on" })).toBe("node rack-1 (uuid-1) is powered on");
    expect(ran({ powerChangedAt: "2026-01-01T00:00:10.830252" })).toBeUndefined();
    expect(ran({ powerChangedAt: "2026-01-01T00:00:11.000252" })).toBe(
      "node rack-1 (uuid-1) was switched at 2026-01-01T00:00:11.000252, after its snapshot",
    );
  });

  it("does not matter while its snapshot is under way, or when machines may run", () => {
    expect(ran({ provisionState: "snapshotting", powerState: "power on" })).toBeUndefined();
    expect(ranSinceSnapshot(node({ powerState: "power on" }), false)).toBeUndefined();
  });
});
