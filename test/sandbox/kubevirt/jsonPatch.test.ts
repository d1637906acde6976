import { applyJsonPatch, mergePatch } from "../../../sandbox/kubevirt/jsonPatch";

const interfaces = [{ name: "default", macAddress: "02:00:00:00:00:01" }];

test("replaces what is there, within lists too", () => {
  const patch = [{ op: "replace", path: "/spec/interfaces/0/macAddress", value: "x" }];
  expect(applyJsonPatch({ spec: { interfaces } }, patch)).toEqual({
    spec: { interfaces: [{ name: "default", macAddress: "x" }] },
  });
});

test("refuses to replace or remove what is not there, and to add below it", () => {
  const apply = (op: string, path: string) => () =>
    applyJsonPatch({ a: {} }, [{ op, path, value: 1 }]);
  expect(apply("replace", "/a/b")).toThrow("doc is missing key: /a/b: missing value");
  expect(apply("remove", "/a/b")).toThrow("doc is missing key: /a/b: missing value");
  expect(apply("add", "/b/c")).toThrow("doc is missing path: /b/c: missing value");
});

test("adds to lists, moves, and takes back escaped keys", () => {
  const patch = [
    { op: "add", path: "/list/-", value: 2 },
    { op: "add", path: "/list/0", value: 0 },
    { op: "move", from: "/old", path: "/labels/a~1b" },
  ];
  expect(applyJsonPatch({ list: [1], old: "x", labels: {} }, patch)).toEqual({
    list: [0, 1, 2],
    labels: { "a/b": "x" },
  });
});

test("a test that fails changes nothing", () => {
  const target = { a: 1 };
  const patch = [
    { op: "add", path: "/b", value: 1 },
    { op: "test", path: "/a", value: 2 },
  ];
  expect(() => applyJsonPatch(target, patch)).toThrow("testing value /a failed");
  expect(target).toEqual({ a: 1 });
});

test("a merge patch removes what is null, and replaces lists", () => {
  expect(mergePatch({ a: 1, b: { c: 1, d: 2 }, e: [1] }, { b: { c: null }, e: [2] })).toEqual({
    a: 1,
    b: { d: 2 },
    e: [2],
  });
});
