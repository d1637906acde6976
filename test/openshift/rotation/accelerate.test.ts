import {
  describeRotation,
  passRotationGate,
  type RotationGate,
} from "../../../openshift/rotation/rotationGate";
import { changeCluster, type ClusterChange } from "../../../sandbox/openshift";
import { day, hour, Lab, minute } from "../../sandbox/openshift/lab";

let lab: Lab;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  lab = await new Lab().open();
});
afterEach(() => lab.close());

async function force(gate: Partial<RotationGate> = {}) {
  return passRotationGate(await lab.cluster(gate.signal), {
    mode: "accelerate",
    clock: lab.clock,
    onProgress: (line) => lines.push(line),
    ...gate,
  });
}

const change = (wanted: ClusterChange) => {
  changeCluster(lab.model(), wanted);
};
const nodes = () => Object.entries(lab.model().state.nodes);
const requestsFor = (method: string, pattern: RegExp) =>
  lab.requests.filter((it) => it.method === method && pattern.test(it.path));
const deletions = () =>
  requestsFor("DELETE", /\/secrets\//).map(({ path }) => path.split("/").at(-1));
/** Does something once, at the first line of progress that matches. */
const at = (pattern: RegExp, act: () => void) => {
  let isDone = false;
  return (line: string) => {
    lines.push(line);
    if (isDone || !pattern.test(line)) return;
    isDone = true;
    act();
  };
};

function expectRotated(): void {
  const now = lab.worldClock.nowMs();
  for (const [, { kubelet, serving, bootstrapUntil }] of nodes()) {
    expect(Math.min(kubelet.notAfter, serving.notAfter)).toBeGreaterThan(now + 29 * day);
    expect(bootstrapUntil).toBeUndefined();
  }
  expect(lab.model().pods.list()).toEqual([]);
}

test("a cluster in its first hours is rotated within minutes, and proven", async () => {
  lab.install(3, 2);
  const evidence = await force();
  expect(evidence.rotated).toBe(true);
  expectRotated();
  const tookMs = Date.parse(evidence.endedAt) - Date.parse(evidence.startedAt);
  expect(tookMs).toBeLessThan(20 * minute);
  expect(evidence.forced?.steps.map(({ step }) => step)).toEqual([
    "bootstrap credentials",
    "stable before",
    "signers",
    "signer in use",
    "stable after",
    "kubelets of master-0",
    "kubelets of master-1",
    "kubelets of master-2",
    "kubelets of worker-0, worker-1",
  ]);
  expect(deletions()).toEqual(["csr-signer", "csr-signer-signer"]);
  const { approved = [], refused } = evidence.forced?.certificateRequests ?? {};
  expect(approved.map(({ purpose }) => purpose).sort()).toEqual([
    ...Array<string>(5).fill("client"),
    ...Array<string>(5).fill("serving"),
  ]);
  expect(refused).toEqual([]);
  expect(describeRotation(evidence)).toMatch(
    /^rotated, 3 signers and the kubelets of 5 nodes looked at, all valid until \S+ \(.*\); rotation forced \(bootstrap credentials: renewed on master-0, master-1, master-2; stable before: 34 operators stable; signers: /,
  );
});

test("a single node cluster, too", async () => {
  lab.install(1);
  expect((await force()).rotated).toBe(true);
  expectRotated();
});

test("a rotated cluster is left as it is", async () => {
  lab.install(3, 2);
  lab.worldClock.advance(25 * hour);
  lab.model().settle();
  const before = structuredClone(lab.model().state.nodes);
  const evidence = await force();
  expect(evidence).not.toHaveProperty("forced");
  expect(deletions()).toEqual([]);
  expect(Object.values(lab.model().state.nodes).map(({ kubelet }) => kubelet)).toEqual(
    Object.values(before).map(({ kubelet }) => kubelet),
  );
});

test("where one node alone falls short, its kubelet alone is restarted", async () => {
  lab.install(3, 2);
  lab.worldClock.advance(25 * hour);
  change({ kubelets: { "worker-1": { servingMs: 14 * day - hour } } });
  const { forced, rotated } = await force();
  expect(rotated).toBe(true);
  expect(deletions()).toEqual([]);
  expect(forced?.steps.map(({ step }) => step)).toEqual([
    "signer in use",
    "stable after",
    "kubelets of worker-1",
  ]);
});

test("no kubelet is restarted before the controller manager signs with the new signer", async () => {
  lab.install(1);
  const { forced } = await force();
  const inUse = forced?.steps.find(({ step }) => step === "signer in use");
  const signer = lab.model().state.signers["csr-signer"];
  expect(Date.parse(inUse?.endedAt ?? "") - signer.notBefore).toBeGreaterThanOrEqual(5 * minute);
  expect(
    lines.filter((line) => line.startsWith("signer in use: certificates are still signed")),
  ).not.toEqual([]);
});

test("requests are judged as strictly as in a revive, and told when they are refused", async () => {
  lab.install(1, 1);
  const requests = [
    { node: "master-0", purpose: "client", organizations: ["system:masters"] },
    { node: "worker-0", purpose: "client" },
  ] satisfies ClusterChange["certificateRequests"];
  const onProgress = at(/^kubelets of master-0$/, () => {
    change({ certificateRequests: requests });
  });
  const controller = new AbortController();
  const upToWorkers = (line: string) => {
    onProgress(line);
    if (line === "kubelets of worker-0") controller.abort(new Error("enough"));
  };
  await expect(force({ onProgress: upToWorkers, signal: controller.signal })).rejects.toThrow(
    "enough",
  );
  const stored = lab.model().requests.objects();
  const approved = stored.filter(({ status }) => (status as { conditions?: [] }).conditions);
  expect(approved.map(({ spec }) => (spec as { signerName: string }).signerName)).toEqual([
    "kubernetes.io/kube-apiserver-client-kubelet",
    "kubernetes.io/kubelet-serving",
  ]);
  expect(stored).toHaveLength(4);
});

test("a kubelet whose bootstrap credential is refused is not touched, and the node is named", async () => {
  lab.install(1, 1);
  change({ kubelets: { "worker-0": { bootstrapMs: 40 * day } } });
  const onProgress = at(/^stable after$/, () => {
    change({ kubelets: { "worker-0": { bootstrapMs: -1 } } });
  });
  await expect(force({ onProgress })).rejects.toThrow(
    "restart-kubelet failed: worker-0 Failed (exit code 1: the bootstrap credential is refused by the API)",
  );
  const worker = lab.model().state.nodes["worker-0"];
  expect(worker?.kubelet.notAfter).toBeGreaterThan(lab.worldClock.nowMs());
  expect(lab.model().pods.list()).toEqual([]);
});

test("a kubelet is waited for until it has its serving certificate, too, and restarted once", async () => {
  lab.install(1);
  lab.world.faults.add({
    match: { service: "openshift", action: "updateCertificateSigningRequest", nth: 2, times: 30 },
    then: { status: 409 },
  });
  const { forced } = await force();
  const restarts = forced?.steps.filter(({ step }) => step.startsWith("kubelets of "));
  expect(restarts).toHaveLength(1);
});

test("an API that is away while its servers roll out does not end it", async () => {
  lab.install(1);
  const away = at(/^signer in use: certificates are still signed/, () => {
    change({ apiDownMs: 3 * minute });
  });
  expect((await force({ onProgress: away })).rotated).toBe(true);
  expect(lines.some((line) => line.startsWith("signer in use: cannot get secret "))).toBe(true);
});

test("a signer that cannot be forced is refused before anything is changed", async () => {
  lab.install(1);
  const now = lab.worldClock.nowMs();
  const short = { notBefore: now - 355 * day, notAfter: now + 10 * day };
  lab.model().state.signers["kube-apiserver-to-kubelet-signer"] = short;
  await expect(force()).rejects.toThrow(
    /^the rotation of this cannot be forced: kube-apiserver-to-kubelet-signer ends at \S+, 4\.0 days too early/,
  );
  expect(deletions()).toEqual([]);
  expect(requestsFor("PUT", /approval/)).toEqual([]);
});

test("an unstable cluster is left as it is", async () => {
  lab.install(1);
  change({ operators: { etcd: { conditions: { Degraded: "True" } } } });
  await expect(force({ stableDeadlineMs: 5 * minute })).rejects.toThrow(
    /waiting for all operators to be stable for 1 m 0 s; last seen: 1 of 34 operators not stable: etcd Degraded=True/,
  );
  expect(deletions()).toEqual([]);
});

test("who may not delete the signers is told so, in the API's words", async () => {
  lab.install(1);
  lab.world.faults.add({
    match: { service: "openshift", action: "deleteSecret" },
    then: { status: 403 },
  });
  await expect(force()).rejects.toThrow(
    "cannot delete secret openshift-kube-controller-manager-operator/csr-signer: 403 fault by script",
  );
});

test("who may not approve ends it at once, not at the deadline", async () => {
  lab.install(1);
  lab.world.faults.add({
    match: { service: "openshift", action: "updateCertificateSigningRequest" },
    then: { status: 403 },
  });
  await expect(force()).rejects.toThrow(
    /^cannot update approval of certificatesigningrequest csr-\w+: 403 fault by script$/,
  );
});

describe("interrupted", () => {
  test.each([
    ["before the signers are deleted", /^stable before$/],
    ["when they are deleted", /^signers: /],
    ["while the new ones are not used yet", /^signer in use: /],
    ["when a kubelet was restarted", /^restart-kubelet: 0 of 1 done/],
    ["with the first node done", /^kubelets of master-1$/],
  ])("%s, the next run finishes it", async (_, pattern) => {
    lab.install(3, 1);
    const controller = new AbortController();
    const onProgress = at(pattern, () => {
      controller.abort(new Error("killed"));
    });
    await expect(force({ signal: controller.signal, onProgress })).rejects.toThrow("killed");
    expect(lab.model().pods.list()).toEqual([]);
    // whoever starts it again takes a while: a kubelet without certificates is NotReady by then
    lab.worldClock.advance(2 * minute);
    const { rotated } = await force();
    expect(rotated).toBe(true);
    expectRotated();
    expect(new Set(deletions())).toEqual(new Set(["csr-signer", "csr-signer-signer"]));
  });
});
