import type { Cluster } from "../../../openshift";
import { isCordoned } from "../../../openshift/nodes/nodes";
import { quiesce } from "../../../openshift/quiesce/quiesce";
import { undoOnNodes, undoQuiesce } from "../../../openshift/quiesce/undoQuiesce";
import type { Guest } from "../../../sandbox/world";
import { Lab, minute } from "../../sandbox/openshift/lab";

let lab: Lab;
let nodes: Guest[];
let cluster: Cluster;

beforeEach(async () => {
  lab = await new Lab().open();
  nodes = lab.install(3);
  cluster = await lab.cluster();
});
afterEach(() => lab.close());

const undo = () => undoQuiesce(cluster, { clock: lab.clock });
const cordoned = async () =>
  (await cluster.listNodes()).filter(isCordoned).map((node) => node.metadata.name);
const marks = async () =>
  (await cluster.listNodes()).flatMap(({ metadata }) =>
    Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith("snapset/")),
  );
const statesLater = () => {
  lab.worldClock.advance(5 * minute);
  return nodes.map((guest) => guest.state);
};
const faultAt = (action: string, name: string) =>
  lab.world.faults.add({
    match: { service: "openshift", action, name },
    then: { status: 500 },
  });

test("finds nothing to take back on a cluster that was left alone", async () => {
  expect(await undo()).toEqual({ undone: [], notUndone: [] });
});

test("a whole quiesce: no node goes down, all are schedulable, and no mark is left", async () => {
  await quiesce(cluster, { clock: lab.clock });
  expect(await cordoned()).toHaveLength(3);
  expect(await undo()).toEqual({
    undone: [
      "master-0 uncordoned",
      "master-1 uncordoned",
      "master-2 uncordoned",
      "shutdown of master-0 cancelled",
      "shutdown of master-1 cancelled",
      "shutdown of master-2 cancelled",
    ],
    notUndone: [],
  });
  expect(await cordoned()).toEqual([]);
  expect(await marks()).toEqual([]);
  expect(lab.model().pods.list()).toEqual([]);
  expect(statesLater()).toEqual(["running", "running", "running"]);
});

test("leaves a cordon of somebody else", async () => {
  await cluster.patchNodeUnschedulable("master-1", true);
  await quiesce(cluster, { clock: lab.clock });
  const { undone, notUndone } = await undo();
  expect(undone).not.toContain("master-1 uncordoned");
  expect(undone).toContain("shutdown of master-1 cancelled");
  expect(notUndone).toEqual([]);
  expect(await cordoned()).toEqual(["master-1"]);
});

test("cancels on every node that was cordoned: it may have been told before that stood on it", async () => {
  await cluster.patchNodeUnschedulable("master-0", true, { "snapset/cordoned-at": "yesterday" });
  expect(await undo()).toEqual({
    undone: ["master-0 uncordoned", "shutdown of master-0 cancelled"],
    notUndone: [],
  });
});

test("takes its mark off a node that somebody else had cordoned", async () => {
  await cluster.patchNodeUnschedulable("master-0", true, {});
  await quiesce(cluster, { clock: lab.clock });
  const { undone } = await undo();
  expect(undone).toContain("mark of master-0 removed");
  const node = (await cluster.listNodes()).find((it) => it.metadata.name === "master-0");
  expect(node?.spec?.unschedulable).toBe(true);
  expect(node?.metadata.annotations?.["snapset/shutdown-in-boot"]).toBeUndefined();
});

test("a mark of an earlier boot cancels nothing", async () => {
  await cluster.patchNodeAnnotations("master-0", { "snapset/shutdown-in-boot": "an-earlier-boot" });
  expect(await undo()).toEqual({ undone: [], notUndone: [] });
});

test("says what it could not take back, and goes on with the rest", async () => {
  await quiesce(cluster, { clock: lab.clock });
  faultAt("patchNode", "master-1");
  const { undone, notUndone } = await undo();
  expect(notUndone).toEqual([
    "master-1 is still cordoned (cannot patch node master-1: 500 fault by script)",
  ]);
  expect(undone).toEqual([
    "master-0 uncordoned",
    "master-2 uncordoned",
    "shutdown of master-0 cancelled",
    "shutdown of master-1 cancelled",
    "shutdown of master-2 cancelled",
  ]);
});

test("a second time there is nothing left to take back", async () => {
  await quiesce(cluster, { clock: lab.clock });
  await undo();
  expect(await undo()).toEqual({ undone: [], notUndone: [] });
});

test("a node that cannot be reached may be shutting down, and is said to", async () => {
  await quiesce(cluster, { clock: lab.clock });
  lab.world.faults.add({
    match: { service: "openshift", action: "createPod" },
    then: { status: 500 },
  });
  const { undone, notUndone } = await undoOnNodes(cluster, ["master-0"], ["master-0"], {
    clock: lab.clock,
  });
  expect(undone).toEqual(["master-0 uncordoned"]);
  expect(notUndone).toEqual([
    expect.stringMatching(
      /^master-0 may be shutting down \(cannot create pod openshift-machine-config-operator\/snapset-cancel-shutdown-master-0: 500 fault by script\)$/,
    ),
  ]);
});
