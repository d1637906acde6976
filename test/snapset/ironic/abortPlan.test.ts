import { planAbort } from "../../../snapset/ironic/abortPlan";
import { node, snapId } from "./domain";
import { SimulatedNode } from "./SimulatedNode";

const ours = { snapshotMark: snapId };

function inState(state: string): SimulatedNode {
  const simulated = new SimulatedNode();
  simulated.state = state;
  simulated.snapshotMark = snapId;
  return simulated;
}

test("snapshot wait -> snapshot failed (on abort), snapshot failed -> active (on abort)", () => {
  const aborted = inState("snapshot wait");
  aborted.giveUp(true);
  expect(aborted.walked).toEqual([
    "snapshot wait -> snapshot failed (on abort)",
    "snapshot failed -> active (on abort)",
  ]);
});

test.each([true, false])(
  "while the conductor is at work it is waited for (goes well: %s)",
  (isGood) => {
    const busy = inState("snapshotting");
    expect(planAbort(busy.view, snapId)).toEqual({ kind: "wait", seen: "snapshotting" });
    busy.giveUp(isGood);
    expect(busy.state).toBe("active");
  },
);

test("a node that a conductor holds is waited for", () => {
  const held = node({ ...ours, provisionState: "snapshot failed", reservation: "c1" });
  expect(planAbort(held, snapId)).toEqual({
    kind: "wait",
    seen: "snapshot failed, locked by conductor c1",
  });
});

test("nobody else's snapshot is touched", () => {
  const other = node({ provisionState: "snapshot wait", snapshotMark: "Other123" });
  expect(planAbort(other, snapId)).toEqual({
    kind: "done",
    evidence: "node rack-1 (uuid-1) is left snapshot wait: its snapshot is not this set's",
  });
});

test("a node at rest is left so, and one that is gone is no failure", () => {
  expect(planAbort(node(ours), snapId).kind).toBe("done");
  expect(planAbort(undefined, snapId)).toEqual({ kind: "done", evidence: "gone from Ironic" });
});
