import fc from "fast-check";
import {
  isObjectName,
  journalNameOf,
  nameProblems,
  restoreNameOf,
  snapshotNameOf,
} from "../../../snapset/kubevirt/names";
import { snapIdFrom } from "../../../snapset/snapId";

const snapIds = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(snapIdFrom);
const machines = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?$/);

test("a snapshot's name holds the snap_id's six bytes, and is one that Kubernetes takes", () => {
  expect(snapshotNameOf("mongodb-nationalparks", "AbCdEf12")).toBe(
    "mongodb-nationalparks-snapshot-01b09d11fd76",
  );
  fc.assert(
    fc.property(machines, snapIds, (machine, snapId) => {
      for (const name of [
        snapshotNameOf(machine, snapId),
        journalNameOf(snapId),
        restoreNameOf(machine, { snapId, trigger: "again", by: "stack" }),
      ]) {
        expect(isObjectName(name)).toBe(true);
      }
    }),
  );
});

test("two snap_ids have two names, also where they differ in capitals only", () => {
  fc.assert(
    fc.property(snapIds, snapIds, (a, b) => {
      expect(snapshotNameOf("db", a) === snapshotNameOf("db", b)).toBe(a === b);
    }),
  );
});

test("a restore has another name for another set, trigger or stack, and the same again", () => {
  const wish = { snapId: "AbCdEf12", trigger: "1", by: "dev" };
  const name = restoreNameOf("db", wish);
  expect(restoreNameOf("db", { ...wish })).toBe(name);
  for (const other of [{ snapId: "AbCdEf13" }, { trigger: "2" }, { by: "ci" }]) {
    expect(restoreNameOf("db", { ...wish, ...other })).not.toBe(name);
  }
});

test("a name that Kubernetes would refuse is told", () => {
  expect(nameProblems("db", "AbCdEf12")).toEqual([]);
  expect(nameProblems("d".repeat(240), "AbCdEf12")).toEqual([
    `virtual machine ${"d".repeat(240)}: the name of its snapshot would have 262 characters, Kubernetes allows 253`,
  ]);
});
