import type { Cluster } from "../../../openshift";
import { drain, planDrain, type Drain } from "../../../openshift/quiesce/drain";
import { quiesce } from "../../../openshift/quiesce/quiesce";
import type { Pod } from "../../../openshift/api/types";
import { changeCluster, type ClusterChange } from "../../../sandbox/openshift";
import { Lab } from "../../sandbox/openshift/lab";

describe("what becomes of a pod", () => {
  const pod = (name: string, more: Partial<Pod["metadata"]> = {}, phase = "Running"): Pod => ({
    metadata: { name, namespace: "app", ownerReferences: by("ReplicaSet"), ...more },
    spec: { nodeName: "worker-0" },
    status: { phase },
  });
  const by = (kind: string) => [{ kind, name: "owner", controller: true }];
  const decide = (...pods: Pod[]) => {
    const { evict, ending, bare } = planDrain(pods, new Set(["worker-0"]));
    const names = (of: Pod[]) => of.map(({ metadata }) => metadata.name);
    return { evict: names(evict), ending: names(ending), bare: names(bare) };
  };

  test("one with a controller is evicted, with its emptyDir too", () => {
    expect(decide(pod("web"), pod("db", { ownerReferences: by("StatefulSet") }))).toEqual({
      evict: ["web", "db"],
      ending: [],
      bare: [],
    });
  });

  test.each([
    ["a DaemonSet's", pod("a", { ownerReferences: by("DaemonSet") })],
    ["a mirror", pod("a", { annotations: { "kubernetes.io/config.mirror": "x" } })],
    ["one that has succeeded", pod("a", {}, "Succeeded")],
    ["one that has failed", pod("a", {}, "Failed")],
    ["one of our own commands", pod("a", { labels: { "snapset/runs": "shutdown" } })],
    ["one of another node", { ...pod("a"), spec: { nodeName: "master-0" } }],
    ["one that is on no node yet", { ...pod("a"), spec: {} }],
  ])("%s is passed over", (_, it) => {
    expect(decide(it)).toEqual({ evict: [], ending: [], bare: [] });
  });

  test("one that is ending is waited for, one without a controller is only told", () => {
    const ending = pod("ending", { deletionTimestamp: "2026-01-01T00:00:00Z" });
    const owned = pod("owned", {
      ownerReferences: [{ kind: "ReplicaSet", name: "not-its-controller" }],
    });
    expect(decide(ending, owned)).toEqual({ evict: [], ending: ["ending"], bare: ["owned"] });
  });
});

describe("on a cluster", () => {
  let lab: Lab;
  let cluster: Cluster;
  const lines: string[] = [];

  beforeEach(async () => {
    lines.length = 0;
    lab = await new Lab().open();
    lab.install(3, 2);
    cluster = await lab.cluster();
    for (const { metadata } of await cluster.listNodes()) {
      await cluster.patchNodeUnschedulable(metadata.name, true);
    }
    lab.requests.length = 0;
  });
  afterEach(() => lab.close());

  const run = async (options: Partial<Drain> = {}, before?: () => void) => {
    const nodes = await cluster.listNodes();
    before?.();
    return drain(cluster, nodes, {
      timeoutMs: 30_000,
      clock: lab.clock,
      onProgress: (line) => lines.push(line),
      ...options,
    });
  };
  const change = (wanted: ClusterChange) => {
    changeCluster(lab.model(), wanted);
  };
  const running = async () =>
    (await cluster.listPodsExceptOn([])).map(({ metadata }) => metadata.name).sort();
  const elapsedMs = (span: { startedAt: string; endedAt: string }) =>
    Date.parse(span.endedAt) - Date.parse(span.startedAt);
  const asked = (pattern: RegExp) => lab.requests.filter(({ path }) => pattern.test(path)).length;

  test("evicts from all workers at once, and is over when the pods have gone", async () => {
    const evidence = await run();
    expect(evidence).toMatchObject({ nodes: ["worker-0", "worker-1"], evicted: 4, left: [] });
    expect(elapsedMs(evidence)).toBeLessThanOrEqual(6000);
    expect(lines[0]).toMatch(
      /^draining worker-0, worker-1: left: openshift-ingress\/router-default-worker-0 \(/,
    );
    expect((await running()).filter((name) => !name.startsWith("machine-config"))).toEqual([
      "dns-default-worker-0",
      "dns-default-worker-1",
      "etcd-master-0",
      "etcd-master-1",
      "etcd-master-2",
    ]);
  });

  test("looks with one list for all workers, and asks each pod once", async () => {
    await run();
    expect(asked(/^api\/v1\/pods$/)).toBeLessThanOrEqual(4);
    expect(asked(/\/eviction$/)).toBe(4);
  });

  test("a disruption budget is asked again until the time-out, then told with its name", async () => {
    const pod = "openshift-ingress/router-default-worker-1";
    change({ disruptionBudgets: { [pod]: "router-default" } });
    const evidence = await run();
    expect(evidence.left).toEqual([
      {
        pod,
        node: "worker-1",
        why: `cannot create eviction of pod ${pod}: 429 Cannot evict pod as it would violate the pod's disruption budget. The disruption budget router-default needs 1 healthy pods and has 1 currently`,
      },
    ]);
    expect(evidence.evicted).toBe(3);
    expect(elapsedMs(evidence)).toBe(30_000);
    expect(asked(/router-default-worker-1\/eviction$/)).toBeGreaterThan(10);
  });

  test("a budget that allows it a moment later holds up nothing", async () => {
    const pod = "openshift-ingress/router-default-worker-1";
    change({ disruptionBudgets: { [pod]: "router-default" } });
    const onProgress = () => {
      if (lab.requests.length > 12) change({ disruptionBudgets: { [pod]: null } });
    };
    const evidence = await run({ onProgress });
    expect(evidence).toMatchObject({ evicted: 4, left: [] });
    expect(elapsedMs(evidence)).toBeLessThan(15_000);
  });

  test("a pod that takes its time, and one that nobody would make anew, are named", async () => {
    change({
      podEndings: { "openshift-monitoring/prometheus-k8s-worker-0": 600_000 },
      morePods: [{ namespace: "app", name: "by-hand", node: "worker-0", isBare: true }],
    });
    const { evicted, left } = await run();
    expect(evicted).toBe(3);
    expect(left.map(({ pod, why }) => `${pod} ${why}`)).toEqual([
      "app/by-hand has no controller that would make it anew",
      "openshift-monitoring/prometheus-k8s-worker-0 is ending",
    ]);
  });

  test("a pod without a controller is not waited for", async () => {
    change({ morePods: [{ namespace: "app", name: "by-hand", node: "worker-0", isBare: true }] });
    expect(elapsedMs(await run())).toBeLessThanOrEqual(6000);
  });

  test("an API that is away is asked again", async () => {
    const evidence = await run({}, () => {
      change({ apiDownMs: 10_000 });
    });
    expect(evidence).toMatchObject({ evicted: 4, left: [] });
    expect(evidence).not.toHaveProperty("problem");
    expect(lines[0]).toMatch(/: cannot list pods: no answer: /);
  });

  test("who may not evict is told so, at once", async () => {
    lab.world.faults.add({
      match: { service: "openshift", action: "listPods" },
      then: { status: 403 },
    });
    const evidence = await run();
    expect(evidence).toMatchObject({
      evicted: 0,
      left: [],
      problem: "cannot list pods: 403 fault by script",
    });
    expect(elapsedMs(evidence)).toBe(0);
  });

  test("an abort ends it", async () => {
    const controller = new AbortController();
    const onProgress = () => {
      controller.abort(new Error("cancelled by user"));
    };
    await expect(run({ signal: controller.signal, onProgress })).rejects.toThrow(
      "cancelled by user",
    );
  });

  test("five hundred pods take no more than 25 evictions a second", async () => {
    const morePods = Array.from({ length: 500 }, (_, i) => {
      return { namespace: "app", name: `web-${i}`, node: "worker-0" };
    });
    change({ morePods });
    const evidence = await run({ timeoutMs: 120_000 });
    expect(evidence.evicted).toBe(504);
    const times = lab.requests.filter(({ path }) => path.endsWith("/eviction")).map(({ at }) => at);
    const most = Math.max(
      ...times.map((from) => times.filter((at) => at >= from && at < from + 2000).length),
    );
    expect(most).toBe(50);
  });
});

describe("in a quiesce", () => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await new Lab().open();
  });
  afterEach(() => lab.close());

  const evictions = () => lab.requests.filter(({ path }) => path.endsWith("/eviction")).length;

  test("it comes after the cordon and before the shutdown", async () => {
    lab.install(3, 2);
    const evidence = await quiesce(await lab.cluster(), { clock: lab.clock });
    const { drained, cordonedAt, nodes } = evidence;
    expect(drained).toMatchObject({ evicted: 4, left: [] });
    expect(Date.parse(drained?.startedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(cordonedAt));
    for (const { toldAt } of nodes) {
      expect(Date.parse(toldAt)).toBeGreaterThan(Date.parse(drained?.endedAt ?? ""));
    }
  });

  test("what could not go does not hold up the shutdown", async () => {
    const guests = lab.install(3, 2);
    const pod = "openshift-ingress/router-default-worker-1";
    changeCluster(lab.model(), { disruptionBudgets: { [pod]: "router-default" } });
    const { drained } = await quiesce(await lab.cluster(), { clock: lab.clock });
    expect(drained?.left.map((left) => left.pod)).toEqual([pod]);
    lab.worldClock.advance(120_000);
    expect(guests.map(({ state }) => state)).toEqual(guests.map(() => "off"));
  });

  test.each([
    [1, 0],
    [3, 0],
  ])("of %d masters and %d workers nothing is drained", async (masters, workers) => {
    lab.install(masters, workers);
    const evidence = await quiesce(await lab.cluster(), { clock: lab.clock });
    expect(evidence).not.toHaveProperty("drained");
    expect(evictions()).toBe(0);
  });

  test("a time-out of 0 leaves the pods alone", async () => {
    lab.install(3, 2);
    const evidence = await quiesce(await lab.cluster(), { clock: lab.clock, drainTimeoutMs: 0 });
    expect(evidence).not.toHaveProperty("drained");
    expect(evictions()).toBe(0);
  });

  test("evicted pods come back when their node is uncordoned", async () => {
    lab.install(3, 2);
    const cluster = await lab.cluster();
    lab.world.faults.add({
      match: { service: "openshift", action: "createPod" },
      then: { status: 500 },
    });
    await expect(quiesce(cluster, { clock: lab.clock })).rejects.toThrow(
      /given back: master-0 uncordoned, .* worker-1 uncordoned$/,
    );
    const names = (await cluster.listPodsExceptOn([])).map(({ metadata }) => metadata.name);
    expect(names).toContain("router-default-worker-1");
  });
});
