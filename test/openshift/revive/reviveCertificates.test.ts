import type { Revive } from "../../../openshift/revive/revive";
import { changeCluster, type ClusterChange } from "../../../sandbox/openshift";
import { day, hour, Lab, minute, type RestingCluster } from "../../sandbox/openshift/lab";

let lab: Lab;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  lab = await new Lab().open();
});
afterEach(() => lab.close());

const capture = (masters = 1, workers = 0, ageMs = 25 * hour) =>
  lab.bringToRest(masters, workers, ageMs);
const run = (captured: RestingCluster, options: Partial<Revive> = {}) =>
  lab.revive(captured, { onProgress: (line) => lines.push(line), ...options });

/** Changes the cluster at the first progress line that matches. */
function at(pattern: RegExp, change: ClusterChange): Partial<Revive> {
  let isDone = false;
  const onProgress = (line: string) => {
    lines.push(line);
    if (isDone || !pattern.test(line)) return;
    isDone = true;
    changeCluster(lab.model(), change);
  };
  return { onProgress };
}

type Forgery = NonNullable<ClusterChange["certificateRequests"]>[number];

const worker = { node: "worker-0" } as const;
const forgeries: Record<string, { forged: Forgery; reason: string }> = {
  "another CN": {
    forged: { ...worker, purpose: "client", commonName: "system:admin" },
    reason: "CN is system:admin, not system:node:NAME",
  },
  "another O": {
    forged: { ...worker, purpose: "client", organizations: ["system:masters"] },
    reason: "O is system:masters, not exactly system:nodes",
  },
  "another O beside": {
    forged: { ...worker, purpose: "client", organizations: ["system:nodes", "system:masters"] },
    reason: "O is system:nodes and system:masters, not exactly system:nodes",
  },
  "another SAN": {
    forged: { ...worker, purpose: "serving", dnsNames: ["worker-0", "api.example"] },
    reason: "api.example is neither a name nor an address of Node worker-0",
  },
  "another usage": {
    forged: { ...worker, purpose: "client", usages: ["digital signature", "client auth", "any"] },
    reason: "usages include any",
  },
  "another signer": {
    forged: { ...worker, purpose: "client", signerName: "kubernetes.io/kube-apiserver-client" },
    reason: "signer kubernetes.io/kube-apiserver-client is not one of the kubelets'",
  },
  "another requester": {
    forged: { ...worker, purpose: "serving", username: "system:node:master-0" },
    reason: "requested by system:node:master-0, not by the node itself",
  },
  "an unknown node": {
    forged: { node: "worker-9", purpose: "client" },
    reason: "worker-9 is not a node of the set",
  },
};

describe("an expired set", () => {
  test("gets its certificates: by the bootstrapper for clients, by nodes for serving", async () => {
    const captured = await capture(3, 2);
    await lab.captureAndRestore(captured.nodes, 40 * day);
    const { certificateRequests, freshness, steps } = await run(captured);
    const nodes = ["master-0", "master-1", "master-2", "worker-0", "worker-1"];
    const byPurpose = (purpose: string) =>
      certificateRequests.approved
        .filter((approved) => approved.purpose === purpose)
        .map((approved) => approved.username.split(":").at(-1))
        .sort();
    expect(byPurpose("client")).toEqual(nodes.map(() => "node-bootstrapper"));
    expect(byPurpose("serving")).toEqual(nodes);
    expect(certificateRequests.refused).toEqual([]);
    expect(freshness.isProven).toBe(true);
    expect(steps.find(({ step }) => step === "nodes Ready")?.seen).toBe(
      "5 of 5 nodes Ready, 10 certificate requests approved",
    );
    const now = lab.worldClock.nowMs();
    for (const { kubelet, serving } of Object.values(lab.model().state.nodes)) {
      expect(Math.min(kubelet.notAfter, serving.notAfter)).toBeGreaterThan(now + 29 * day);
    }
  });

  test("that is known to be expired gets them all the same", async () => {
    const captured = await capture(1, 1);
    const notAfter = new Date(captured.facts.notAfter ?? "");
    await lab.captureAndRestore(captured.nodes, 40 * day);
    expect(notAfter.getTime()).toBeLessThan(lab.worldClock.nowMs());
    const { freshness } = await run(captured, { notAfter });
    expect(freshness.isProven).toBe(true);
  });

  test("without a bootstrap credential ends after 5 minutes without a request, and says why", async () => {
    const captured = await capture(1, 0, hour);
    const notAfter = new Date(captured.facts.notAfter ?? "");
    await lab.captureAndRestore(captured.nodes, 2 * day);
    const from = lab.worldClock.nowMs();
    await expect(run(captured, { notAfter })).rejects.toThrow(
      new RegExp(
        `^the cluster cannot come back: its certificates expired at ${notAfter.toISOString()}; ` +
          "5 m \\d s after the API answered no node is Ready and no kubelet has asked for a new certificate; " +
          "kubelets ask with their bootstrap credential, so that has expired as well, as it does in a set that was captured before the first rotation: restore another set$",
      ),
    );
    expect(lab.worldClock.nowMs() - from).toBeLessThan(7 * minute);
  });

  test("whose clock is behind is not expired to itself, and is waited for", async () => {
    const captured = await capture(1, 0, hour);
    const notAfter = new Date(captured.facts.notAfter ?? "");
    await lab.captureAndRestore(captured.nodes, 2 * day);
    lab.worldClock.advance(minute);
    changeCluster(lab.model(), { clockSkewMs: -3 * day });
    const options = { notAfter, deadlines: { nodes: 10 * minute } };
    await expect(run(captured, options)).rejects.toThrow(
      /^timed out after 10 m 0 s waiting for all/,
    );
  });

  test("is past help when it was never rotated: its bootstrap credential has expired too", async () => {
    const captured = await capture(1, 0, hour);
    await lab.captureAndRestore(captured.nodes, 2 * day);
    await expect(run(captured, { deadlines: { nodes: 10 * minute } })).rejects.toThrow(
      /^timed out after 10 m 0 s waiting for all nodes to be Ready; last seen: 0 of 1 nodes Ready, master-0 is not Ready since \S+Z \(NodeStatusUnknown: Kubelet stopped posting node status\.\)$/,
    );
  });
});

describe("forged requests", () => {
  test.each(Object.entries(forgeries))("with %s are left pending and told", async (_, it) => {
    const captured = await capture(1, 1);
    await lab.captureAndRestore(captured.nodes, 40 * day);
    const forgery = at(/^waiting for nodes/, { certificateRequests: [it.forged] });
    const { certificateRequests, freshness } = await run(captured, forgery);
    expect(certificateRequests.approved).toHaveLength(4);
    expect(certificateRequests.refused.map(({ reasons }) => reasons)).toEqual([[it.reason]]);
    const stored = await (await lab.cluster()).listCertificateSigningRequests();
    const [forged] = certificateRequests.refused;
    const status = stored.find(({ metadata }) => metadata.name === forged?.name)?.status;
    expect(status).toEqual({});
    expect(freshness.isProven).toBe(true);
  });
});

describe("a storm of 500 requests", () => {
  const approvals = () => lab.requests.filter(({ method }) => method === "PUT").length;

  test("that are forged does not hold up the nodes' own", async () => {
    const captured = await capture(1, 1);
    await lab.captureAndRestore(captured.nodes, 40 * day);
    const forged = { ...worker, purpose: "serving", username: "system:admin", count: 500 } as const;
    const storm = at(/^waiting for nodes/, { certificateRequests: [forged] });
    const { certificateRequests } = await run(captured, storm);
    expect(certificateRequests.approved).toHaveLength(4);
    expect(certificateRequests.refused).toHaveLength(500);
    expect(approvals()).toBe(4);
  });

  test("by nodes that nobody answered for a day is answered with the newest", async () => {
    const captured = await capture(3, 2);
    await lab.captureAndRestore(captured.nodes, 40 * day);
    lab.worldClock.advance(day);
    const started = lab.worldClock.nowMs();
    const { certificateRequests, steps } = await run(captured);
    const pending = lab.model().requests.objects().length;
    expect(pending).toBeGreaterThan(400);
    const approved = new Set(certificateRequests.approved.map(({ username }) => username));
    expect(approved.size).toBe(6);
    expect(approvals()).toBeLessThan(40);
    const nodes = steps.find(({ step }) => step === "nodes Ready");
    expect(Date.parse(nodes?.endedAt ?? "") - started).toBeLessThan(minute);
  });
});

test("a request that changed meanwhile is read again", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes, 40 * day);
  lab.world.faults.add({
    match: { service: "openshift", action: "updateCertificateSigningRequest", nth: 1 },
    then: { status: 409 },
  });
  const { certificateRequests } = await run(captured);
  expect(certificateRequests.approved.map(({ purpose }) => purpose)).toEqual(["client", "serving"]);
});

test("a user who may not approve ends it at once, in the API's words", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes, 40 * day);
  lab.world.faults.add({
    match: { service: "openshift", action: "updateCertificateSigningRequest" },
    then: { status: 403 },
  });
  await expect(run(captured)).rejects.toThrow(
    /^cannot update approval of certificatesigningrequest csr-\w+: 403 fault by script$/,
  );
});

test("a user who may not read requests brings back a cluster that needs none", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  lab.world.faults.add({
    match: { service: "openshift", action: "listCertificateSigningRequests" },
    then: { status: 403 },
  });
  const { certificateRequests, freshness } = await run(captured);
  expect(certificateRequests).toEqual({
    approved: [],
    refused: [],
    problem: "cannot list certificatesigningrequests: 403 fault by script",
  });
  expect(freshness.isProven).toBe(true);
});
