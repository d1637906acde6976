import { planDeploy, type DeployObservation } from "../../../snapset/ironic/deployPlan";
import type { NodeView } from "../../../snapset/ironic/node";
import { begunMark, wholeMark } from "../../../snapset/reset/mark";
import { imageId, node, snapId } from "./domain";

const wish = { snapId, trigger: "" };
const begun = { restoreMark: begunMark(wish), imageId, restoredImageId: imageId };
const whole = { restoreMark: wholeMark(wish), imageId, restoredImageId: imageId };

function seen(of: Partial<NodeView>, more: Partial<DeployObservation> = {}): DeployObservation {
  return {
    member: "master0",
    imageId,
    node: node(of),
    attempts: 0,
    mayAsk: true,
    hasMoved: false,
    refusal: undefined,
    ...more,
  };
}

const plan = (it: DeployObservation, of = wish) => planDeploy(it, of, 3);
const kind = (it: DeployObservation, of = wish) => plan(it, of).kind;

test("an available node is marked, then deployed, and marked whole when it is active", () => {
  expect(kind(seen({ provisionState: "available", imageId: undefined }))).toBe("begin");
  expect(plan(seen({ provisionState: "available", ...begun }))).toEqual({
    kind: "deploy",
    member: "master0",
    target: "active",
  });
  expect(kind(seen({ provisionState: "wait call-back", ...begun }))).toBe("wait");
  expect(kind(seen({ ...begun }, { attempts: 1, hasMoved: true }))).toBe("finish");
  expect(kind(seen(whole))).toBe("whole");
});

test("a node of another set, or for another trigger, is rebuilt", () => {
  expect(kind(seen({ ...whole, restoreMark: "Other123/" }))).toBe("begin");
  expect(kind(seen(whole), { snapId, trigger: "again" })).toBe("begin");
  const target = { kind: "deploy", member: "master0", target: "rebuild" };
  expect(plan(seen(begun))).toEqual(target);
});

test("active alone is not taken for rebuilt: a killed run may not have come to ask", () => {
  expect(kind(seen(begun, { hasMoved: false }))).toBe("deploy");
  expect(kind(seen(begun, { attempts: 1, mayAsk: false }))).toBe("wait");
});

test("a failed deployment is asked for again, a bounded number of times", () => {
  const failed = { provisionState: "deploy failed", ...begun, lastError: "no disk" };
  expect(plan(seen(failed, { attempts: 2 }))).toMatchObject({ kind: "deploy", target: "active" });
  expect(plan(seen(failed, { attempts: 3 }))).toEqual({
    kind: "failed",
    member: "master0",
    reason: "node rack-1 (uuid-1) is deploy failed after 3 deployments: no disk",
  });
});

test("one that is deployed from the image already is only marked, and never overwritten", () => {
  expect(kind(seen({ imageId }))).toBe("finish");
  expect(kind(seen({ imageId }), { snapId, trigger: "again" })).toBe("failed");
});

test("what is being cleaned or is locked is waited for", () => {
  expect(plan(seen({ provisionState: "cleaning" }))).toMatchObject({ kind: "wait" });
  expect(plan(seen({ provisionState: "available", reservation: "c1" }))).toEqual({
    kind: "wait",
    member: "master0",
    seen: "available, locked by conductor c1",
  });
});

test.each([
  [{ isInMaintenance: true }, "is in maintenance: take it out of maintenance first"],
  [{ provisionState: "deploying" }, "is deploying: somebody else deploys it"],
  [{ provisionState: "rescue" }, "is rescue: it must be available or active"],
])("%j fails by name", (of, reason) => {
  expect(plan(seen(of))).toEqual({
    kind: "failed",
    member: "master0",
    reason: `node rack-1 (uuid-1) ${reason}`,
  });
});

test("what is gone or refused fails", () => {
  expect(plan({ ...seen({}), node: undefined })).toMatchObject({
    reason: "its node is gone from Ironic",
  });
  expect(plan(seen({}, { refusal: "no" }))).toMatchObject({ reason: "no" });
});
