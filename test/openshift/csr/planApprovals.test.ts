import { isUnsigned, planApprovals } from "../../../openshift/csr/planApprovals";
import type { CertificateSigningRequest } from "../../../openshift/api/types";
import { clientCsr, nodeAt, servingCsr } from "./requests";

const ip = "192.168.32.20";
const approved = { conditions: [{ type: "Approved", status: "True" }] };
const at = (minute: number) => `2026-11-01T00:${String(minute).padStart(2, "0")}:00Z`;
const client = (name: string, minute: number, node = "worker-0") =>
  clientCsr(node, { name, createdAt: at(minute) });
const serving = (name: string, minute: number, status?: CertificateSigningRequest["status"]) =>
  servingCsr("worker-0", ip, { name, createdAt: at(minute), status });

function plan(csrs: CertificateSigningRequest[], isUp = false) {
  const { approve, refused } = planApprovals(csrs, {
    nodes: [nodeAt("worker-0", ip), nodeAt("worker-1", "192.168.32.21")],
    names: ["worker-0", "worker-1"],
    isUp: () => isUp,
  });
  return {
    approve: approve.map((csr) => csr.metadata.name),
    refused: Object.fromEntries(refused.map(({ name, reasons }) => [name, reasons])),
  };
}

test("the newest comes first, of all nodes", () => {
  const csrs = [client("a", 1), client("b", 3, "worker-1"), serving("c", 2)];
  expect(plan(csrs)).toEqual({ approve: ["b", "c", "a"], refused: {} });
});

test("of a node's serving requests only the newest counts", () => {
  expect(plan([serving("old", 1), serving("new", 16)])).toEqual({
    approve: ["new"],
    refused: { old: ["its node has asked anew since, in new"] },
  });
});

test("what was asked for before the one that is approved already is not needed any more", () => {
  expect(plan([serving("old", 1), serving("done", 16, approved), serving("new", 31)])).toEqual({
    approve: ["new"],
    refused: { old: ["its node has asked anew since, in new"] },
  });
  expect(plan([serving("old", 1), serving("done", 16, approved)]).approve).toEqual([]);
});

test("two of the same second are both approved, for either may be the one that is waited for", () => {
  expect(plan([serving("a", 1), serving("b", 1)]).approve).toEqual(["a", "b"]);
});

test("somebody else's later request does not take the place of a node's own", () => {
  const forged = servingCsr("worker-0", ip, {
    name: "forged",
    createdAt: at(9),
    spec: { username: "system:admin" },
  });
  expect(plan([serving("own", 1), forged])).toEqual({
    approve: ["own"],
    refused: { forged: ["requested by system:admin, not by the node itself"] },
  });
  expect(plan([client("own", 1), client("other", 9)]).approve).toEqual(["other", "own"]);
});

test("once its node is up, what is left of the bootstrapper's requests is refused", () => {
  expect(plan([client("left", 1)], true)).toEqual({
    approve: [],
    refused: { left: ["worker-0 is up, so it needs no new credential from the bootstrapper"] },
  });
});

test("what is decided is neither approved nor reported", () => {
  expect(plan([serving("done", 1, approved)])).toEqual({ approve: [], refused: {} });
});

test.each([
  ["approved", approved, true],
  ["pending", undefined, false],
  ["signed", { ...approved, certificate: "x" }, false],
  ["failed", { conditions: [...approved.conditions, { type: "Failed", status: "True" }] }, false],
])("what is %s waits for the signer or not", (_, status, expected) => {
  expect(isUnsigned(serving("a", 1, status))).toBe(expected);
});

test("another signer's requests are not waited for", () => {
  const csr = serving("a", 1, approved);
  expect(isUnsigned({ ...csr, spec: { ...csr.spec, signerName: "example.com/other" } })).toBe(
    false,
  );
});
