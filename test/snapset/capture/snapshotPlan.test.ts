import fc from "fast-check";
import {
  planSnapshots,
  type SnapshotObservation,
  type SnapshotStep,
} from "../../../snapset/capture/snapshotPlan";

/** A wanted volume that nothing has been done about. */
function untouched(changes: Partial<SnapshotObservation> = {}): SnapshotObservation {
  return {
    volumeId: "v",
    label: "master0's data",
    isOurs: false,
    isNovas: false,
    isWanted: true,
    mayAsk: true,
    ...changes,
  };
}

function stepOf(changes: Partial<SnapshotObservation>): SnapshotStep | undefined {
  return planSnapshots([untouched(changes)], { parallel: 1 })[0];
}

const seenVolume = fc.record({
  snapshot: fc.option(
    fc.record({
      id: fc.uuid(),
      status: fc.constantFrom("creating", "available", "error", "deleting", "error_deleting"),
    }),
    { nil: undefined },
  ),
  isOurs: fc.boolean(),
  isNovas: fc.boolean(),
  mayAsk: fc.boolean(),
  knownId: fc.option(fc.uuid(), { nil: undefined }),
});
const askable = fc.constant({});
const observations = fc.array(fc.oneof(seenVolume, askable), { maxLength: 20 }).map((all) =>
  // Of volumes that the set does not want only Nova makes snapshots.
  all.map((seen, i) => untouched({ ...seen, volumeId: `v${i}` })),
);
const unwanted = seenVolume.map((seen) => untouched({ ...seen, isNovas: true, isWanted: false }));
const parallel = fc.integer({ min: 1, max: 6 });

describe("a plan of snapshots", () => {
  it("has exactly one step for each volume, in their order", () => {
    fc.assert(
      fc.property(observations, parallel, (all, most) => {
        const steps = planSnapshots(all, { parallel: most });
        expect(steps.map(({ volumeId }) => volumeId)).toEqual(all.map(({ volumeId }) => volumeId));
      }),
    );
  });

  it("never has more of ours under way than `parallel`, and lets none wait while there is room", () => {
    fc.assert(
      fc.property(observations, parallel, (all, most) => {
        const steps = planSnapshots(all, { parallel: most });
        const isTurn = (step: SnapshotStep | undefined) =>
          step?.kind === "wait" && step.seen === "its turn";
        const requests = steps.filter(({ kind }) => kind === "request").length;
        const underWay = all.filter(
          ({ isNovas }, i) => !isNovas && steps[i]?.kind === "wait" && !isTurn(steps[i]),
        ).length;
        if (requests > 0) expect(requests + underWay).toBeLessThanOrEqual(most);
        if (steps.some(isTurn)) expect(requests + underWay).toBeGreaterThanOrEqual(most);
      }),
    );
  });

  it("asks only for what is wanted, not Nova's, not there, and not asked for before", () => {
    fc.assert(
      fc.property(observations, parallel, (all, most) => {
        planSnapshots(all, { parallel: most }).forEach(({ kind }, i) => {
          if (kind !== "request") return;
          expect(all[i]).toMatchObject({ isWanted: true, isNovas: false, mayAsk: true });
          expect(all[i]?.snapshot).toBeUndefined();
          expect(all[i]?.knownId).toBeUndefined();
        });
      }),
    );
  });

  it("never keeps, owns or asks for what is not wanted", () => {
    fc.assert(
      fc.property(unwanted, (seen) => {
        const [step] = planSnapshots([seen], { parallel: 1 });
        expect(["request", "own"]).not.toContain(step?.kind);
        if (step?.kind === "done") expect(step.snapshotId).toBeNull();
      }),
    );
  });

  it("is not held up by snapshots that Nova makes", () => {
    const novas = Array.from({ length: 10 }, () => untouched({ isNovas: true }));
    expect(
      planSnapshots([...novas, untouched({ volumeId: "ours" })], { parallel: 1 }).at(-1),
    ).toEqual({ kind: "request", volumeId: "ours" });
  });
});

describe("the step of one volume", () => {
  const snapshot = (status: string) => ({ id: "s", status });

  it("is a request where nothing is there", () => {
    expect(stepOf({})).toEqual({ kind: "request", volumeId: "v" });
  });

  it("is done where ours is available", () => {
    expect(stepOf({ snapshot: snapshot("available"), isOurs: true })).toEqual({
      kind: "done",
      volumeId: "v",
      snapshotId: "s",
    });
  });

  it("owns what Nova made", () => {
    expect(stepOf({ snapshot: snapshot("available"), isNovas: true })).toEqual({
      kind: "own",
      volumeId: "v",
      snapshotId: "s",
    });
  });

  it.each<[string, string, Partial<SnapshotStep>]>([
    ["unwanted one", "available", { kind: "discard", snapshotId: "s" }],
    ["unwanted one", "error", { kind: "discard", snapshotId: "s" }],
    ["unwanted one", "creating", { kind: "wait", seen: "master0's data creating" }],
    ["unwanted one", "deleting", { kind: "wait", seen: "master0's data deleting" }],
    [
      "unwanted one",
      "error_deleting",
      { kind: "failed", reason: "snapshot s of master0's data is error_deleting" },
    ],
    ["wanted one", "creating", { kind: "wait", seen: "master0's data creating" }],
    ["wanted one", "backing-up", { kind: "wait", seen: "master0's data backing-up" }],
    ["wanted one", "error", { kind: "failed", reason: "snapshot s of master0's data is error" }],
    [
      "wanted one",
      "deleting",
      { kind: "failed", reason: "snapshot s of master0's data is deleting" },
    ],
  ])("of an %s that is %s", (which, status, step) => {
    const isWanted = which === "wanted one";
    expect(stepOf({ snapshot: snapshot(status), isWanted, isNovas: true })).toEqual({
      volumeId: "v",
      ...step,
    });
  });

  it("waits for Nova's, and fails when the one that it named is gone", () => {
    expect(stepOf({ isNovas: true })).toEqual({
      kind: "wait",
      volumeId: "v",
      seen: "master0's data at Nova",
    });
    expect(stepOf({ isNovas: true, knownId: "s" })).toEqual({
      kind: "failed",
      volumeId: "v",
      reason: "snapshot s of master0's data is gone",
    });
  });

  it("is not asked for again while its request is without an answer, nor when it is gone", () => {
    expect(stepOf({ mayAsk: false })).toEqual({
      kind: "wait",
      volumeId: "v",
      seen: "master0's data to be asked again",
    });
    expect(stepOf({ knownId: "s" })).toMatchObject({ kind: "failed" });
  });

  it("is done with an unwanted one once nothing is there", () => {
    expect(stepOf({ isWanted: false, isNovas: true, knownId: "s" })).toEqual({
      kind: "done",
      volumeId: "v",
      snapshotId: null,
    });
  });
});
