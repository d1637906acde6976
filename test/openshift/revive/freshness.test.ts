import {
  describeFreshness,
  judgeFreshness,
  type FreshnessFacts,
} from "../../../openshift/revive/freshness";
import type { Lease, Node } from "../../../openshift/api/types";
import { healthy } from "../operators";

const before = "2026-01-01T00:00:00Z";
const offAt = new Date("2026-01-02T00:00:00Z");
const after = "2026-01-03T00:00:00Z";

function node(name: string, bootID: string, ready = "True"): Node {
  return {
    metadata: { name },
    status: { conditions: [{ type: "Ready", status: ready }], nodeInfo: { bootID } },
  };
}

function lease(namespace: string, name: string, renewTime: string): Lease {
  return { metadata: { namespace, name }, spec: { renewTime } };
}

function facts(changes: Partial<FreshnessFacts>): FreshnessFacts {
  return {
    nodes: [node("master-0", "boot-2")],
    operators: [healthy("dns", after)],
    leases: [lease("kube-node-lease", "master-0", after)],
    bootIdsBefore: { "master-0": "boot-1" },
    renewTimesBefore: { "kube-node-lease/master-0": before },
    offAt,
    ...changes,
  };
}

const operatorOf = (changes: Partial<FreshnessFacts>) =>
  judgeFreshness(facts(changes)).operators[0];
const reasonsOf = (changes: Partial<FreshnessFacts>) =>
  judgeFreshness(facts(changes)).nodes[0]?.reasons;

test("another boot, a renewed lease and a condition that moved prove it", () => {
  const judged = judgeFreshness(facts({}));
  expect(judged.isProven).toBe(true);
  expect(describeFreshness(judged)).toBe("1 nodes and 1 operators report this boot");
});

test("nothing proves nothing", () => {
  expect(judgeFreshness(facts({ operators: [] })).isProven).toBe(false);
  const judged = judgeFreshness(facts({ nodes: [] }));
  expect(judged.isProven).toBe(false);
  expect(describeFreshness(judged)).toBe("nothing is reported yet");
});

describe("a node", () => {
  test("that reports the captured boot is of yesterday", () => {
    expect(reasonsOf({ nodes: [node("master-0", "boot-1")] })).toEqual([
      "still reports the boot of before the capture",
    ]);
  });

  test("without a boot to compare with stands by its lease", () => {
    expect(reasonsOf({ bootIdsBefore: {} })).toEqual([]);
  });

  test("whose lease stands still has no kubelet", () => {
    const leases = [lease("kube-node-lease", "master-0", before)];
    expect(reasonsOf({ leases })).toEqual([`lease not renewed since ${before}`]);
    expect(reasonsOf({ leases: [] })).toEqual(["has no lease"]);
  });

  test("is told by its lease in kube-node-lease alone", () => {
    expect(reasonsOf({ leases: [lease("kube-system", "master-0", after)] })).toEqual([
      "has no lease",
    ]);
  });

  test("that is not Ready is not fresh", () => {
    expect(reasonsOf({ nodes: [node("master-0", "boot-2", "Unknown")] })).toEqual(["not Ready"]);
  });
});

describe("an operator", () => {
  const related = (group: string, resource: string, name: string, namespace?: string) => ({
    ...healthy("dns", before),
    status: {
      ...healthy("dns", before).status,
      relatedObjects: [{ group, resource, name, ...(namespace && { namespace }) }],
    },
  });

  test("of which nothing moved since is unproven", () => {
    expect(operatorOf({ operators: [healthy("dns", before)] })).toEqual({
      name: "dns",
      state: "unproven",
      lastSign: { at: "2026-01-01T00:00:00.000Z", from: "condition Available" },
    });
    expect(operatorOf({ operators: [{ metadata: { name: "dns" } }] })).toEqual({
      name: "dns",
      state: "unproven",
    });
  });

  test("is alive when a lease in a namespace of its own is renewed", () => {
    const leases = [lease("openshift-dns-operator", "lock", after)];
    const fresh = {
      name: "dns",
      state: "fresh",
      lastSign: { at: "2026-01-03T00:00:00.000Z", from: "lease openshift-dns-operator/lock" },
    };
    const byNamespace = related("", "namespaces", "openshift-dns-operator");
    expect(operatorOf({ operators: [byNamespace], leases })).toEqual(fresh);
    const byObject = related("apps", "deployments", "dns", "openshift-dns-operator");
    expect(operatorOf({ operators: [byObject], leases })).toEqual(fresh);
  });

  test("is alive when its lease is renewed under our eyes, though its clock is behind", () => {
    const leases = [lease("openshift-dns-operator", "lock", "2026-01-01T00:00:10Z")];
    const operators = [related("", "namespaces", "openshift-dns-operator")];
    const first = (renewTime: string) => ({ "openshift-dns-operator/lock": renewTime });
    const stateAfter = (renewTime: string) =>
      operatorOf({ operators, leases, renewTimesBefore: first(renewTime) })?.state;
    expect(stateAfter("2026-01-01T00:00:00Z")).toBe("fresh");
    expect(stateAfter("2026-01-01T00:00:10Z")).toBe("unproven");
  });

  test("is not alive by a lease in somebody else's namespace", () => {
    const leases = [lease("openshift-etcd-operator", "lock", after)];
    const operators = [related("", "namespaces", "openshift-dns-operator")];
    expect(operatorOf({ operators, leases })?.state).toBe("unproven");
  });
});

test("the line names nodes, and counts operators", () => {
  const judged = judgeFreshness(
    facts({
      nodes: [node("master-0", "boot-1", "False")],
      operators: ["a", "b", "c", "d"].map((name) => healthy(name, before)),
    }),
  );
  expect(describeFreshness(judged)).toBe(
    "master-0 not Ready and still reports the boot of before the capture; 4 of 4 operators unproven: a, b, c, …",
  );
});
