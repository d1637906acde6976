import type { Cluster } from "../../../openshift";
import { debugPod } from "../../../openshift/nodes/debugPod";
import { isCordoned } from "../../../openshift/nodes/nodes";
import { quiesce, QuiesceError, type Quiesce } from "../../../openshift/quiesce/quiesce";
import { changeCluster, type ClusterChange } from "../../../sandbox/openshift";
import type { Guest } from "../../../sandbox/world";
import { Lab, minute } from "../../sandbox/openshift/lab";

let lab: Lab;
let nodes: Guest[];
let cluster: Cluster;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  lab = await new Lab().open();
  nodes = lab.install(3, 2);
  cluster = await lab.cluster();
});
afterEach(() => lab.close());

const run = (options: Partial<Quiesce> = {}, on = cluster) =>
  quiesce(on, { clock: lab.clock, onProgress: (line) => lines.push(line), ...options });
const cordoned = async () =>
  (await cluster.listNodes()).filter(isCordoned).map((node) => node.metadata.name);
const postedPods = () => lab.model().pods.list();
const fail = (change: ClusterChange) => {
  changeCluster(lab.model(), change);
};
const faultAt = (action: string, name: string, times?: number) =>
  lab.world.faults.add({
    match: { service: "openshift", action, name, ...(times && { times, nth: 1 }) },
    then: { status: 500 },
  });
const problem = async (running: Promise<unknown>): Promise<QuiesceError> => {
  const error: unknown = await running.catch((thrown: unknown) => thrown);
  if (!(error instanceof QuiesceError)) throw error;
  return error;
};

test("cordons all nodes, tells every one before any dies, and all go down gracefully", async () => {
  const evidence = await run();
  expect(nodes.map((guest) => guest.state)).toEqual(nodes.map(() => "running"));
  expect(evidence.nodes.map((node) => node.name)).toEqual([
    "master-0",
    "master-1",
    "master-2",
    "worker-0",
    "worker-1",
  ]);
  expect(evidence.nodes.map((node) => node.bootId)).toEqual(nodes.map((guest) => guest.bootId));
  expect(evidence.cordonedBefore).toEqual([]);
  expect(evidence.stable?.operators).toBe(34);
  expect(await cordoned()).toHaveLength(5);
  expect(postedPods()).toEqual([]);
  expect(lines.at(-1)).toBe(
    "telling nodes to shut down: 0 of 5 done, master-0 Running, master-1 Running, master-2 Running, worker-0 Running, worker-1 Running",
  );
  lab.worldClock.advance(2 * minute);
  expect(nodes.map((guest) => [guest.state, guest.lastStopGraceful])).toEqual(
    nodes.map(() => ["off", true]),
  );
});

test("remembers who was cordoned already", async () => {
  await cluster.patchNodeUnschedulable("worker-1", true);
  expect((await run()).cordonedBefore).toEqual(["worker-1"]);
});

test("an unstable cluster is left as it was", async () => {
  fail({ operators: { etcd: { conditions: { Degraded: "True" } } } });
  const error = await problem(run({ stableDeadlineMs: 5 * minute }));
  expect(error.message).toBe(
    "the cluster could not be brought to rest: timed out after 5 m 0 s waiting for all operators to be stable for 1 m 0 s; last seen: 1 of 34 operators not stable: etcd Degraded=True since 5 m 0 s",
  );
  expect(await cordoned()).toEqual([]);
});

test("what is to be done when it is stable is done before any node is cordoned", async () => {
  const seen: string[] = [];
  const whenStable = async () => {
    seen.push(`${lines.at(-1) ?? ""}, ${(await cordoned()).length} cordoned`);
  };
  await run({ whenStable });
  expect(seen).toEqual(["stable 50 s of 1 m 0 s, 0 cordoned"]);
});

test("when that fails, nothing has been changed", async () => {
  const whenStable = () => Promise.reject(new Error("the disk is full"));
  const error = await problem(run({ whenStable }));
  expect(error.message).toBe("the cluster could not be brought to rest: the disk is full");
  expect(await cordoned()).toEqual([]);
});

test("a failure half-way cancels shutdowns, uncordons, and says so", async () => {
  await cluster.patchNodeUnschedulable("worker-1", true);
  faultAt("createPod", "unused");
  lab.world.faults.add({
    match: { service: "openshift", action: "createPod", nth: 5 },
    then: { status: 500 },
  });
  const error = await problem(run());
  expect(error.notUndone).toEqual([]);
  expect(error.undone).toEqual([
    "master-0 uncordoned",
    "master-1 uncordoned",
    "master-2 uncordoned",
    ...error.undone.filter((line) => line.startsWith("shutdown of ")),
    "worker-0 uncordoned",
  ]);
  expect(error.undone.filter((line) => line.endsWith(" cancelled"))).toHaveLength(4);
  expect(error.message).toMatch(
    /^the cluster could not be brought to rest: cannot create pod openshift-machine-config-operator\/snapset-shutdown-\S+: 500 fault by script; given back: master-0 uncordoned, /,
  );
  expect(await cordoned()).toEqual(["worker-1"]);
  expect(postedPods()).toEqual([]);
  lab.worldClock.advance(5 * minute);
  expect(nodes.map((guest) => guest.state)).toEqual(nodes.map(() => "running"));
});

test("what could not be given back is said", async () => {
  fail({ operators: { etcd: { conditions: { Degraded: "True" } } } });
  await cluster.patchNodeUnschedulable("master-0", true, { "snapset/cordoned-at": "yesterday" });
  faultAt("patchNode", "master-0");
  const error = await problem(run({ stableDeadlineMs: 5 * minute }));
  expect(error.message).toBe(
    "the cluster could not be brought to rest: cannot patch node master-0: 500 fault by script; not given back: master-0 is still cordoned (cannot patch node master-0: 500 fault by script)",
  );
});

test("an abort gives back too", async () => {
  const controller = new AbortController();
  const stopping = cluster.withSignal(controller.signal);
  const onProgress = (line: string) => {
    if (line.startsWith("telling")) controller.abort(new Error("cancelled by user"));
  };
  const error = await problem(run({ signal: controller.signal, onProgress }, stopping));
  expect(error.message).toMatch(
    /^the cluster could not be brought to rest: cancelled by user; given back: master-0 uncordoned, /,
  );
  expect(await cordoned()).toEqual([]);
  lab.worldClock.advance(5 * minute);
  expect(nodes.map((guest) => guest.state)).toEqual(nodes.map(() => "running"));
});

test("goes on after an interruption between cordon and shutdown, and gives back what was ours", async () => {
  await cluster.patchNodeUnschedulable("master-0", true, { "snapset/cordoned-at": "yesterday" });
  const evidence = await run();
  expect(evidence.cordonedBefore).toEqual([]);
  expect(evidence.stable?.observations).toBe(7);
  expect(await cordoned()).toHaveLength(5);
});

test("goes on after an interruption among the shutdowns without waiting for stability", async () => {
  await run();
  lab.worldClock.advance(30_000);
  const again = await run();
  expect(again).not.toHaveProperty("stable");
  expect(again.cordonedBefore).toEqual([]);
  lab.worldClock.advance(2 * minute);
  expect(nodes.map((guest) => guest.state)).toEqual(nodes.map(() => "off"));
});

test("a node that is down beforehand cannot be shut down gracefully", async () => {
  const [, , , , worker] = nodes;
  if (!worker) throw new Error("there is no fifth node");
  lab.guests.pullPlug(worker);
  lab.worldClock.advance(2 * minute);
  const error = await problem(run());
  expect(error.message).toMatch(
    /^the cluster could not be brought to rest: not every node can be shut down gracefully: node worker-1 is not Ready since \S+Z \(NodeStatusUnknown: Kubelet stopped posting node status\.\), so it cannot be told to shut down; given back: /,
  );
  expect(await cordoned()).toEqual([]);
});

test("a shutdown that a killed run has left to a pod is called off before anything else", async () => {
  // what a kill leaves: cordoned nodes, and a pod that waits
  for (const name of ["master-0", "worker-0"]) {
    await cluster.patchNodeUnschedulable(name, true, { "snapset/cordoned-at": "yesterday" });
  }
  const pod = debugPod({
    nodeName: "worker-0",
    namespace: "openshift-machine-config-operator",
    image: "quay.example/mcd",
    purpose: "shutdown",
    command: ["shutdown", "-h", "+1"],
  });
  await cluster.createPod("openshift-machine-config-operator", pod);
  fail({ pods: { "worker-0": { startMs: 5000 } } });
  const evidence = await run();
  expect(evidence.stable?.observations).toBe(7);
  expect(lines[0]).toBe("calling off what an interrupted run began on master-0, worker-0");
  expect(nodes.map((guest) => guest.state)).toEqual(nodes.map(() => "running"));
});

test("an image that cannot be pulled: given back, with the kubelet's reason, and nothing doubtful left", async () => {
  fail({ pods: { "worker-0": { isPullFailing: true } } });
  const error = await problem(run());
  expect(error.message).toMatch(
    /^the cluster could not be brought to rest: shutdown failed: worker-0: ErrImagePull: dial tcp: lookup quay.example: no such host; given back: /,
  );
  expect(error.notUndone).toEqual([]);
  expect(await cordoned()).toEqual([]);
  expect(postedPods()).toEqual([]);
  lab.worldClock.advance(5 * minute);
  expect(nodes.map((guest) => guest.state)).toEqual(nodes.map(() => "running"));
});

test("an API that is away for 2 minutes in the middle begins the period anew", async () => {
  const onProgress = (line: string) => {
    const isFirst = !lines.includes("stable 30 s of 1 m 0 s");
    lines.push(line);
    if (isFirst && line === "stable 30 s of 1 m 0 s") fail({ apiDownMs: 2 * minute });
  };
  const { stable } = await run({ onProgress });
  expect(Date.parse(stable?.endedAt ?? "") - Date.parse(stable?.startedAt ?? "")).toBeGreaterThan(
    3 * minute,
  );
  expect(stable?.changes.map(({ what }) => what)).toContainEqual(
    expect.stringMatching(/^cannot list clusteroperators: no answer: /) as string,
  );
});
