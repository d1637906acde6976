import { judgeSnapshot, snapshotDefects } from "../../../snapset/kubevirt/judge";
import { content, snapshot, withStatus } from "./objects";

const expected = { uid: "vm-uid", disks: ["rootdisk"] };

describe("a snapshot's phase", () => {
  test.each([
    [{}, { state: "ready" }],
    [{ readyToUse: false }, { state: "pending", seen: "Succeeded, but not ready to use" }],
    [{ phase: "" }, { state: "pending", seen: "no status yet" }],
    [{ phase: "Unknown" }, { state: "pending", seen: "Unknown" }],
    [
      {
        phase: "InProgress",
        error: { message: "freeze failed" },
        conditions: [{ type: "Progressing", status: "False", reason: "Source not locked" }],
      },
      {
        state: "pending",
        seen: "InProgress, error: freeze failed, Progressing False (Source not locked)",
      },
    ],
    [{ phase: "Deleting" }, { state: "failed", reason: "somebody deletes it (Deleting)" }],
    [
      {
        phase: "Failed",
        conditions: [{ type: "Failure", status: "True", reason: "snapshot deadline exceeded" }],
      },
      { state: "failed", reason: "Failed, Failure True (snapshot deadline exceeded)" },
    ],
  ])("%j", (status, judged) => {
    expect(judgeSnapshot(withStatus(status))).toEqual(judged);
  });

  test("one that is marked to be deleted has failed, whatever its phase", () => {
    const metadata = { ...snapshot.metadata, deletionTimestamp: "2026-11-21T10:01:00Z" };
    expect(judgeSnapshot({ ...snapshot, metadata }).state).toBe("failed");
  });
});

describe("what a set needs of a snapshot", () => {
  test("one that is whole has no defects", () => {
    expect(snapshotDefects(snapshot, [content], expected)).toEqual([]);
  });

  test("of another machine of that name", () => {
    expect(snapshotDefects(snapshot, [content], { ...expected, uid: "other" })).toEqual([
      "it is of the machine with uid vm-uid, not other",
    ]);
  });

  test("a disk that is not in it", () => {
    const disks = ["rootdisk", "data"];
    expect(snapshotDefects(snapshot, [content], { ...expected, disks })).toEqual([
      "its content content has no snapshot of disk data",
    ]);
  });

  test.each([
    ["gone", [], "its VirtualMachineSnapshotContent content is gone"],
    [
      "of another snapshot",
      [{ ...content, spec: { ...content.spec, virtualMachineSnapshotName: "other" } }],
      "its content content belongs to snapshot other",
    ],
    [
      "one of two",
      [content, { ...content, metadata: { ...content.metadata, name: "second" } }],
      "contents second claim it, too",
    ],
    [
      "not ready",
      [{ ...content, status: { readyToUse: false, error: { message: "pool is full" } } }],
      "its content content is not ready to use: pool is full",
    ],
  ])("a content that is %s", (_how, contents, defect) => {
    expect(snapshotDefects(snapshot, contents, expected)).toEqual([defect]);
  });
});
