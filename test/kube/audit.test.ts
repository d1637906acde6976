import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAudit, unusedRights, type AuditedCall } from "./audit";
import { readRoles, type Role } from "./readmeRoles";

const role: Role = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: "some" },
  rules: [
    { apiGroups: [""], resources: ["nodes"], verbs: ["list", "patch"] },
    { apiGroups: [""], resources: ["secrets"], verbs: ["get"], resourceNames: ["a", "b"] },
    { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
  ],
};
const call = (verb: string, resource: string, other: Partial<AuditedCall> = {}): AuditedCall => ({
  verb,
  group: "",
  resource,
  namespace: "",
  name: "",
  status: 200,
  ...other,
});
const everything = [
  call("list", "nodes"),
  call("patch", "nodes", { name: "master-0" }),
  call("get", "secrets", { name: "a" }),
  call("get", "secrets", { name: "b" }),
  call("create", "pods/eviction", { name: "x" }),
];
const unused = (calls: AuditedCall[], isWithin = () => true) =>
  unusedRights([role], calls, isWithin);

test("rights that are used are none to tell of", () => {
  expect(unused(everything)).toEqual([]);
});

test.each([
  ["no call", [], ["list nodes", "patch nodes", "get secrets a", "get secrets b"]],
  ["another verb", [call("watch", "nodes")], ["list nodes"]],
  ["another group", [call("list", "nodes", { group: "metrics.k8s.io" })], ["list nodes"]],
  ["a call that was refused", [call("list", "nodes", { status: 403 })], ["list nodes"]],
  ["another name", [call("get", "secrets", { name: "c" })], ["get secrets a", "get secrets b"]],
  ["another subresource", [call("create", "pods")], ["create pods/eviction"]],
])("with %s a right is unused", (_, calls, rights) => {
  expect(unused(calls)).toEqual(
    expect.arrayContaining(rights.map((right) => `some: ${right}`)) as string[],
  );
});

test("a call elsewhere than where the role is bound uses nothing of it", () => {
  expect(unused(everything, () => false)).toHaveLength(5);
});

test("an audit log is read line by line, calls without a resource left out", () => {
  const directory = mkdtempSync(join(tmpdir(), "snapset-audit-"));
  try {
    const log = join(directory, "audit.log");
    const eviction = {
      verb: "create",
      objectRef: { resource: "pods", subresource: "eviction", namespace: "n", name: "x" },
      responseStatus: { code: 429 },
    };
    const version = { verb: "get", responseStatus: { code: 200 } };
    writeFileSync(log, [eviction, version].map((it) => `${JSON.stringify(it)}\n`).join(""));
    expect(readAudit(log)).toEqual([
      { ...call("create", "pods/eviction"), namespace: "n", name: "x", status: 429 },
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("README has the two roles that the suite on a real API runs with", () => {
  expect(readRoles().map(({ metadata }) => metadata.name)).toEqual([
    "snapset",
    "snapset-nodes",
    "snapset-kubevirt",
  ]);
});
