import { hasItsVolumes, planVolumes } from "../../../snapset/reset/volumePlan";
import { observed, volume } from "./domain";

const wanted = [
  { name: "data", volumeId: "new-data" },
  { name: "logs", volumeId: "new-logs" },
];
const plan = (...volumes: ReturnType<typeof volume>[]) =>
  planVolumes(observed("node0", { status: "SHUTOFF" }, { wanted, volumes }));
const spare = [volume("new-data", "data", null), volume("new-logs", "logs", null)];

describe("the volumes of a server that was rebuilt", () => {
  it("make room first, all of a name with those that take their places, and nobody else's", () => {
    const used = [
      volume("old-logs", "logs", "/dev/vdc"),
      volume("old-data", "data", "/dev/vdb"),
      volume("mine", "backup", "/dev/vdd"),
    ];
    expect(plan(...used, ...spare)).toEqual({
      kind: "detach",
      volumeIds: ["old-data", "old-logs"],
    });
  });

  it("come in their order, one when the last has its device", () => {
    expect(plan(...spare)).toEqual({ kind: "attach", volumeId: "new-data" });
    const reserved = volume("new-data", "data", null, { status: "reserved" });
    expect(plan(reserved, volume("new-logs", "logs", null))).toEqual({
      kind: "wait",
      seen: "node0's data reserved",
    });
    expect(plan(volume("new-data", "data", "/dev/vdb"), volume("new-logs", "logs", null))).toEqual({
      kind: "attach",
      volumeId: "new-logs",
    });
  });

  it("are done when each is in use where it belongs", () => {
    const done = [volume("new-data", "data", "/dev/vdb"), volume("new-logs", "logs", "/dev/vdc")];
    expect(plan(...done)).toBeUndefined();
    expect(hasItsVolumes(observed("node0", {}, { wanted, volumes: done }))).toBe(true);
  });

  it("that are in another order are taken off from the first that is wrong", () => {
    const swapped = [
      volume("new-logs", "logs", "/dev/vdb"),
      volume("new-data", "data", "/dev/vdc"),
    ];
    expect(plan(...swapped)).toEqual({ kind: "detach", volumeIds: ["new-logs", "new-data"] });
  });

  it("wait until Nova has let go what Cinder let go already: its device is not free yet", () => {
    const volumes = [volume("old-data", "data", null), ...spare];
    const seen = observed("node0", { volumeIds: ["old-data"] }, { wanted, volumes });
    expect(planVolumes(seen)).toEqual({
      kind: "wait",
      seen: "node0's old-data to be detached",
    });
  });

  it("fail when one is gone, broken, or on another server", () => {
    expect(plan(volume("new-data", "data", null))).toEqual({
      kind: "failed",
      reason: "volume logs (new-logs) of node0 is gone",
    });
    const broken = volume("new-data", "data", null, { status: "error" });
    expect(plan(broken, volume("new-logs", "logs", null))).toEqual({
      kind: "failed",
      reason: "volume data (new-data) of node0 is error",
    });
    const elsewhere = volume("new-data", "data", null, {
      status: "in-use",
      attachments: [{ server_id: "other", device: "/dev/vdb" }],
    });
    expect(plan(elsewhere, volume("new-logs", "logs", null))).toEqual({
      kind: "failed",
      reason: "volume data (new-data) of node0 is attached to server other",
    });
  });
});
