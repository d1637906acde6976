import type { ProofFacts } from "../../../../openshift/revive/proof/goodness";
import {
  advanceProof,
  describeProof,
  nothingProven,
  type ProofRules,
  type ProofState,
} from "../../../../openshift/revive/proof/proofState";
import type { Lease, Node } from "../../../../openshift/api/types";
import { healthy, operator } from "../../operators";

const before = "2026-01-01T00:00:00Z";
const after = "2026-01-03T00:00:00Z";
const rules: ProofRules = { provenMs: 20_000, unprovenMs: 60_000, unprovenFrom: 300_000 };

const node = (name: string, changes: Partial<Node> = {}): Node => ({
  metadata: { name },
  status: {
    conditions: [{ type: "Ready", status: "True" }],
    nodeInfo: { bootID: "boot-2" },
  },
  ...changes,
});
const lease = (name: string, renewTime: string): Lease => ({
  metadata: { namespace: "kube-node-lease", name },
  spec: { renewTime },
});
const facts = (renewTime: string, changes: Partial<ProofFacts> = {}): ProofFacts => ({
  nodes: [node("master-0")],
  names: ["master-0"],
  operators: [healthy("dns", after)],
  leases: [lease("master-0", renewTime)],
  pools: [],
  apiServices: [],
  csrsWaiting: 0,
  bootIdsBefore: { "master-0": "boot-1" },
  cordonedBefore: [],
  renewTimesBefore: { "kube-node-lease/master-0": before },
  offAt: new Date("2026-01-02T00:00:00Z"),
  ...changes,
});

/** Looks at these seconds; each takes a second, and by default finds the lease renewed each time. */
function watch(...looks: [second: number, changes?: Partial<ProofFacts> | string][]): ProofState {
  return looks.reduce((state, [second, changes]) => {
    const times = { askedAt: second * 1000, answeredAt: (second + 1) * 1000 };
    const observation =
      typeof changes === "string"
        ? { ...times, error: changes }
        : { ...times, facts: facts(`2026-01-03T00:00:${second}Z`, changes) };
    return advanceProof(state, observation, rules);
  }, nothingProven);
}

const problemOf = (changes: Partial<ProofFacts>) => describeProof(watch([10, changes]), rules);

describe("the period", () => {
  test("runs from the first answer to the last question", () => {
    expect(watch([10], [30]).isDone).toBe(false);
    expect(watch([10], [31]).isDone).toBe(true);
    expect(watch([10], [31]).freshness?.isProven).toBe(true);
    expect(describeProof(watch([10], [20]), rules)).toBe("good 10 s of 20 s");
  });

  test("is broken by a failed look, and by a bad one", () => {
    expect(watch([10], [20, "no answer"], [31]).isDone).toBe(false);
    expect(watch([10], [20, "no answer"], [31], [52]).isDone).toBe(true);
    expect(watch([10], [20, { csrsWaiting: 1 }], [31]).isDone).toBe(false);
  });

  test("needs every lease to be renewed within it, not only since the boot", () => {
    const still = { leases: [lease("master-0", after)] };
    const state = watch([10, still], [31, still]);
    expect(state.isDone).toBe(false);
    expect(describeProof(state, rules)).toBe(
      `good 21 s of 20 s, master-0 lease not renewed since ${after}`,
    );
    expect(watch([10, still], [31, still], [35]).isDone).toBe(true);
  });

  test("does not begin with a node of which nothing tells the boot before its lease goes on", () => {
    const unknown = { bootIdsBefore: {}, leases: [lease("master-0", before)] };
    expect(problemOf(unknown)).toBe(`not proven: master-0 lease not renewed since ${before}`);
  });
});

describe("an operator without a sign of life", () => {
  const silent = { operators: [healthy("dns", before)] };

  test("holds it up until there is one", () => {
    expect(describeProof(watch([10, silent], [20, silent]), rules)).toBe(
      "not proven: 1 operators show no life since the boot: dns, all else good since 10 s",
    );
    expect(watch([10, silent], [31, silent], [52, silent]).isDone).toBe(false);
    expect(watch([10, silent], [31], [52]).isDone).toBe(true);
  });

  test("is given up after its time, for the price of a longer period", () => {
    expect(watch([240, silent], [298, silent]).isDone).toBe(false);
    expect(watch([240, silent], [301, silent]).isDone).toBe(true);
    expect(watch([290, silent], [301, silent]).isDone).toBe(false);
    expect(watch([240, silent], [301, silent]).freshness?.isProven).toBe(false);
  });
});

describe("not good is", () => {
  test("a cluster without operators or nodes, or without one of its nodes", () => {
    expect(problemOf({ operators: [] })).toBe("not proven: the list of operators is empty");
    expect(problemOf({ nodes: [], names: [] })).toBe("not proven: the list of nodes is empty");
    expect(problemOf({ names: ["master-0", "worker-0"] })).toBe(
      "not proven: there is no Node worker-0",
    );
  });

  test("an operator that says so", () => {
    const operators = [operator("dns", { Available: "True", Progressing: "True" }, after)];
    expect(problemOf({ operators })).toBe("not proven: dns Progressing=True Degraded missing");
  });

  test("a node that is cordoned and was not", () => {
    const nodes = [node("master-0", { spec: { unschedulable: true } })];
    expect(problemOf({ nodes })).toBe("not proven: master-0 is cordoned");
    expect(problemOf({ nodes, cordonedBefore: ["master-0"] })).toMatch(/^good /);
  });

  test("a machine config pool that is degraded, updating or not ready", () => {
    const pool = (status: object) => ({ pools: [{ metadata: { name: "worker" }, status }] });
    const condition = (type: string) => pool({ conditions: [{ type, status: "True" }] });
    const named = "not proven: machine config pool worker";
    expect(problemOf(condition("Degraded"))).toBe(`${named} is degraded`);
    expect(problemOf(pool({ degradedMachineCount: 1 }))).toBe(`${named} is degraded`);
    expect(problemOf(condition("Updating"))).toBe(`${named} is updating`);
    const short = pool({ machineCount: 2, readyMachineCount: 1 });
    expect(problemOf(short)).toBe(`${named} has 1 of 2 machines ready`);
    expect(problemOf({ ...short, cordonedBefore: ["worker-1"] })).toMatch(/^good /);
  });

  test("an API service that is not available", () => {
    const metadata = { name: "v1.route.openshift.io" };
    expect(problemOf({ apiServices: [{ metadata }] })).toBe(
      "not proven: API service v1.route.openshift.io is not available",
    );
  });

  test("a certificate request that waits", () => {
    expect(problemOf({ csrsWaiting: 2 })).toBe("not proven: 2 certificate requests wait");
  });
});
