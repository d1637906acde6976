import type { NodeView } from "../../../snapset/ironic/node";
import { planRelease } from "../../../snapset/ironic/releasePlan";
import { accepts } from "../../../snapset/ironic/transitions";
import { begunMark, wholeMark } from "../../../snapset/reset/mark";
import { imageId, node, snapId } from "./domain";

const wish = { snapId, trigger: "" };
const restored = { restoreMark: wholeMark(wish), restoredImageId: imageId, imageId };
const plan = (more: Partial<NodeView>) => planRelease(node({ ...restored, ...more }), wish);

test("snapshot wait -> deleting (on deleted) Abort snapshot and undeploy", () => {
  expect(plan({ provisionState: "snapshot wait" })).toEqual({ kind: "undeploy" });
  expect(accepts("snapshot wait", "deleted")).toBe(true);
});

test("snapshot failed -> deleting (on deleted) Abort and undeploy", () => {
  expect(plan({ provisionState: "snapshot failed" })).toEqual({ kind: "undeploy" });
  expect(accepts("snapshot failed", "deleted")).toBe(true);
});

test("snapshotting -> deleting is no transition of the table: it is waited for", () => {
  expect(plan({ provisionState: "snapshotting" }).kind).toBe("wait");
  expect(accepts("snapshotting", "deleted")).toBe(false);
});

test.each(["active", "deploy failed", "wait call-back", "error"])(
  "what a restore deployed is undeployed out of %s, finished or not",
  (provisionState) => {
    expect(plan({ provisionState }).kind).toBe("undeploy");
    expect(plan({ provisionState, restoreMark: begunMark(wish) }).kind).toBe("undeploy");
  },
);

test("what carries no mark of this restore is left, whatever is on it", () => {
  const left = {
    kind: "done",
    evidence: "node rack-1 (uuid-1) is active, left as it is",
  };
  expect(plan({ restoreMark: undefined })).toEqual(left);
  expect(plan({ restoreMark: "Other123/" })).toEqual(left);
  expect(plan({ imageId: "deployed since" })).toEqual(left);
  expect(plan({ restoredImageId: undefined })).toEqual(left);
});

test("what is locked is waited for, what is in maintenance or protected fails by name", () => {
  expect(plan({ reservation: "c1" })).toEqual({
    kind: "wait",
    seen: "node rack-1 (uuid-1) is active, locked by conductor c1",
  });
  expect(plan({ isInMaintenance: true }).kind).toBe("failed");
  expect(plan({ isProtected: true })).toEqual({
    kind: "failed",
    reason: "node rack-1 (uuid-1) is active and protected",
  });
});

test("it ends when the machine is on its way to be available, or gone", () => {
  expect(plan({ provisionState: "deleting" }).kind).toBe("wait");
  expect(plan({ provisionState: "cleaning" }).kind).toBe("done");
  expect(plan({ provisionState: "available", imageId: undefined }).kind).toBe("done");
  expect(planRelease(undefined, wish).kind).toBe("done");
});

test.each(["rescue", "rescue wait", "rescue failed", "unrescue failed"])(
  "a restored machine is undeployed out of %s: Ironic does that, and nobody asks again",
  (provisionState) => {
    expect(plan({ provisionState })).toEqual({ kind: "undeploy" });
  },
);

test("another set's or trigger's mark is this stack's, too, when it never came to begin the new one", () => {
  const ours = { ...wish, by: "ours" };
  const kindOf = (restoreMark: string) =>
    planRelease(node({ ...restored, restoreMark }), { ...ours, trigger: "again" }).kind;
  expect(kindOf(wholeMark(ours))).toBe("undeploy");
  expect(kindOf(begunMark(ours))).toBe("undeploy");
  expect(kindOf(wholeMark({ ...ours, by: "theirs" }))).toBe("done");
});
