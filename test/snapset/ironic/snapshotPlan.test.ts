import fc from "fast-check";
import { planSnapshot, type SnapshotObservation } from "../../../snapset/ironic/snapshotPlan";
import { snapshotTransitions } from "../../../snapset/ironic/transitions";
import { imageId, observed, snapId } from "./domain";
import { SimulatedNode } from "./SimulatedNode";

const limits = { attempts: 3, abandonedMs: 30_000 };
const plan = (seen: SnapshotObservation) => planSnapshot(seen, limits);
const failure = (reason: string) => ({ kind: "failed", member: "master0", reason });
const ours = { snapshotMark: snapId };

describe("states of the specification, and what the client does in each", () => {
  it("active: the image should be precreated before snapshot request and acts as a holder", () => {
    expect(plan(observed({}, { image: undefined }))).toEqual({ kind: "hold", member: "master0" });
  });

  it("active -> snapshotting (on snapshot): with the UUID of the holder", () => {
    expect(plan(observed())).toEqual({ kind: "snapshot", member: "master0", imageId });
  });

  it("snapshotting -> snapshot wait, snapshot wait -> snapshotting: both are waited for", () => {
    expect(plan(observed({ ...ours, provisionState: "snapshotting" }))).toEqual({
      kind: "wait",
      member: "master0",
      seen: "snapshotting: netboots its ramdisk, or streams and uploads its disk, image queued",
    });
    expect(plan(observed({ ...ours, provisionState: "snapshot wait" }))).toMatchObject({
      kind: "wait",
      seen: "snapshot wait: waits for its ramdisk to call, image queued",
    });
  });

  it("snapshotting -> active (on done): done when the image is active, too", () => {
    const image = { id: imageId, status: "active" };
    expect(plan(observed(ours, { image, attempts: 1 }))).toMatchObject({ kind: "done", imageId });
    const uploading = { id: imageId, status: "saving" };
    expect(plan(observed(ours, { image: uploading, attempts: 1 }))).toMatchObject({
      kind: "wait",
      seen: "active, its image saving",
    });
    expect(plan(observed({ ...ours, provisionState: "snapshotting" }, { image })).kind).toBe(
      "wait",
    );
  });

  it("snapshot failed -> snapshotting (on snapshot): retriggered, a bounded number of times", () => {
    const seen = { ...ours, provisionState: "snapshot failed", lastError: "Timeout reached" };
    expect(plan(observed(seen, { attempts: 2 })).kind).toBe("snapshot");
    expect(plan(observed(seen, { attempts: 3 }))).toEqual(
      failure(
        `node rack-1 (uuid-1) is snapshot failed after 3 attempts, image ${imageId} is queued: Timeout reached`,
      ),
    );
  });

  it("a failed one whose image can take no data any more gets another holder", () => {
    const seen = { ...ours, provisionState: "snapshot failed" };
    const image = { id: imageId, status: "killed" };
    expect(plan(observed(seen, { image, attempts: 1 }))).toMatchObject({
      kind: "discard",
      imageId,
    });
    expect(plan(observed(seen, { image: undefined, attempts: 1 })).kind).toBe("hold");
    expect(plan(observed(seen, { image, attempts: 3 })).kind).toBe("failed");
  });
});

describe("what is not as it must be", () => {
  it("maintenance is refused, with its reason", () => {
    const seen = { isInMaintenance: true, maintenanceReason: "new fan" };
    expect(plan(observed(seen))).toEqual(
      failure("node rack-1 (uuid-1) is in maintenance (new fan): take it out of maintenance first"),
    );
  });

  it("a reservation is waited for", () => {
    expect(plan(observed({ reservation: "conductor-1" }))).toMatchObject({
      kind: "wait",
      seen: "active, locked by conductor conductor-1",
    });
  });

  it.each(["snapshotting", "snapshot wait", "snapshot failed"])(
    "another one's snapshot (%s) is left alone",
    (provisionState) => {
      const seen = { provisionState, snapshotMark: "Other123" };
      expect(plan(observed(seen))).toEqual(
        failure(
          `node rack-1 (uuid-1) is ${provisionState}, and its snapshot is that of set Other123, ` +
            "which this capture has not asked for: wait until it is active, or abort it with " +
            "`openstack baremetal node abort`",
        ),
      );
    },
  );

  it.each(["deleting", "available", "rescue", "deploying", "error"])(
    "a state that no capture leads to (%s) is refused by name",
    (provisionState) => {
      expect(plan(observed({ provisionState, lastError: "why" }))).toEqual(
        failure(
          `node rack-1 (uuid-1) is ${provisionState}: why: it must stay active during the capture`,
        ),
      );
    },
  );

  it("a node or an image that goes away fails", () => {
    expect(plan({ ...observed(), node: undefined })).toEqual(
      failure("its node is gone from Ironic"),
    );
    expect(plan(observed({}, { image: undefined, isFinished: true }))).toEqual(
      failure("its image was deleted during the capture"),
    );
  });

  it("an upload that nobody works on any more is not waited for without end", () => {
    const image = { id: imageId, status: "saving" };
    expect(plan(observed(ours, { image, attempts: 1, idleMs: 29_999 })).kind).toBe("wait");
    expect(plan(observed(ours, { image, attempts: 1, idleMs: 30_000 })).kind).toBe("snapshot");
    expect(plan(observed(ours, { image, attempts: 3, idleMs: 30_000 })).kind).toBe("failed");
  });

  it("what Ironic refuses for good fails with Ironic's words", () => {
    expect(plan(observed({}, { refusal: "no" }))).toEqual(failure("no"));
  });
});

/** What Ironic does by itself, look after look: something good, something bad, or nothing yet. */
const luck = fc.array(fc.constantFrom("good", "bad", "nothing"), { minLength: 1, maxLength: 40 });

/** A capture of one node until it is done or has failed. */
function capture(fortunes: readonly string[]) {
  const node = new SimulatedNode();
  let attempts = 0;
  for (let look = 0; look < 200; look++) {
    const { view, image } = node;
    const step = plan(observed(view, { image, attempts }));
    if (step.kind === "done" || step.kind === "failed") return { node, step, attempts };
    node.carryOut(step);
    if (step.kind === "snapshot") attempts += 1;
    const fortune = fortunes[look % fortunes.length];
    if (fortune !== "nothing") node.ironicDoes(fortune === "good");
  }
  return { node, step: undefined, attempts };
}

test("whatever happens, only verbs of the table are used, and done means both are active", () => {
  const walked = new Set<string>();
  fc.assert(
    fc.property(luck, (fortunes) => {
      const { node, step, attempts } = capture(fortunes);
      node.walked.forEach((it) => walked.add(it));
      expect(attempts).toBeLessThanOrEqual(limits.attempts);
      if (step?.kind === "done")
        expect([node.state, node.image?.status]).toEqual(["active", "active"]);
      if (step === undefined) expect(fortunes).not.toContain("bad");
      if (step?.kind === "failed") {
        node.giveUp(true);
        expect(node.state).toBe("active");
      }
    }),
    { numRuns: 500 },
  );
  expect(walked.size).toBeGreaterThanOrEqual(7);
});

test("an interrupted capture is gone on with from each state, and asks for nothing twice", () => {
  fc.assert(
    fc.property(luck, fc.nat(30), (fortunes, killedAfter) => {
      const node = new SimulatedNode();
      let asked = 0;
      const run = (looks: number, attempts: number) => {
        for (let look = 0; look < looks; look++) {
          const step = plan(observed(node.view, { image: node.image, attempts }));
          if (step.kind === "done" || step.kind === "failed") return;
          node.carryOut(step);
          if (step.kind === "snapshot") {
            attempts += 1;
            asked += 1;
          }
          if (fortunes[look % fortunes.length] !== "nothing") node.ironicDoes(true);
        }
      };
      run(killedAfter, 0);
      run(200, 0);
      if (fortunes.every((it) => it === "nothing")) return;
      expect([node.state, node.image?.status, node.images, asked]).toEqual([
        "active",
        "active",
        1,
        1,
      ]);
    }),
  );
});

test("the table is the specification's: eleven transitions, in its order", () => {
  const lines = snapshotTransitions.map(
    ({ from, to, event, meaning }) => `${from} -> ${to} (on ${event}) ${meaning}`,
  );
  expect(lines).toEqual([
    "active -> snapshotting (on snapshot) Prepare boot and network",
    "snapshotting -> snapshot failed (on fail) On error",
    "snapshotting -> snapshot wait (on wait) Wait for ramdisk alive",
    "snapshot wait -> snapshotting (on resume) Image streaming and uploading",
    "snapshot wait -> snapshot failed (on fail) On timeout",
    "snapshot wait -> snapshot failed (on abort) On abort request",
    "snapshotting -> active (on done) Snapshot complete",
    "snapshot failed -> active (on abort) Abort a failed snapshot",
    "snapshot failed -> snapshotting (on snapshot) Retrigger a failed snapshot",
    "snapshot wait -> deleting (on deleted) Abort snapshot and undeploy",
    "snapshot failed -> deleting (on deleted) Abort and undeploy",
  ]);
});
