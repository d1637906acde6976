import type { Clock } from "../../common/clock";
import { callApi, type ClusterError } from "../../openshift";
import { connectWire } from "../../openshift/api/connect";
import { connectKubeVirt, type KubeVirt } from "../../kubevirt";
import { KubeVirtLab } from "../../sandbox/KubeVirtLab";

let lab: KubeVirtLab;
let kubevirt: KubeVirt;
/** Time of which no test has to wait. */
const clock: Clock = { now: () => new Date(), sleep: () => Promise.resolve() };

const connect = () =>
  connectKubeVirt({ kubeconfig: { content: lab.kubeconfig }, namespace: "default", clock });

beforeAll(async () => {
  lab = await new KubeVirtLab().open();
  await lab.addVirtualMachine({ name: "db", runStrategy: "Halted", labels: { app: "parks" } });
  await lab.addVirtualMachine({ name: "web", runStrategy: "Halted" });
  kubevirt = await connect();
});
afterAll(() => lab.close());

const namesOf = (objects: { metadata: { name: string } }[]) =>
  objects.map(({ metadata }) => metadata.name);

const newSnapshot = (name: string) => ({
  metadata: { name, labels: { mine: "yes" } },
  spec: { source: { apiGroup: "kubevirt.io", kind: "VirtualMachine", name: "db" } },
});

test("the API server's clock counts, and not the machine's", () => {
  const apart = kubevirt.now().getTime() - lab.clock.now().getTime();
  expect(Math.abs(apart)).toBeLessThan(5_000);
});

test("the newest version that is served and known is spoken", async () => {
  expect(kubevirt.snapshotApiVersion).toBe("snapshot.kubevirt.io/v1beta1");
  expect(kubevirt.namespace).toBe("default");
  expect(kubevirt.server).toMatch(/^https:/);
  const { wire } = await connectWire({ kubeconfig: { content: lab.kubeconfig }, clock });
  const groups = await callApi(wire, { verb: "get", resource: "API groups", path: "/apis" });
  expect(JSON.stringify(groups)).toContain("snapshot.kubevirt.io/v1alpha1");
});

test("machines are listed by label", async () => {
  expect(namesOf(await kubevirt.listVirtualMachines("app=parks"))).toEqual(["db"]);
  expect(namesOf(await kubevirt.listVirtualMachines()).toSorted()).toEqual(["db", "web"]);
});

test("an object that is there already is answered as it is", async () => {
  const first = await kubevirt.createSnapshot(newSnapshot("one"));
  const second = await kubevirt.createSnapshot({
    ...newSnapshot("one"),
    metadata: { name: "one" },
  });
  expect(second.metadata.uid).toBe(first.metadata.uid);
  expect(second.metadata.labels).toEqual({ mine: "yes" });
});

test("an answer that is lost is asked for again, and nothing is made twice", async () => {
  const resource = "virtualmachinesnapshots";
  const answer = { status: 503, reason: "ServiceUnavailable", afterwards: true };
  const mend = lab.setFault({ answer, resource, method: "POST", times: 1 });
  await kubevirt.createSnapshot(newSnapshot("two"));
  mend();
  expect(
    namesOf(await kubevirt.listSnapshots("mine=yes")).filter((it) => it === "two"),
  ).toHaveLength(1);
});

test("labels and annotations are set together, and one is removed by null", async () => {
  await kubevirt.createSnapshot(newSnapshot("three"));
  await kubevirt.patchSnapshot("three", { labels: { a: "1" }, annotations: { b: "2", c: "3" } });
  const patched = await kubevirt.patchSnapshot("three", { annotations: { b: null } });
  expect([patched?.metadata.labels?.["a"], patched?.metadata.annotations]).toEqual([
    "1",
    { c: "3" },
  ]);
  expect(await kubevirt.patchSnapshot("nobody", { labels: { a: "1" } })).toBeUndefined();
});

test("only the very object is deleted, and one that is gone is fine", async () => {
  const { metadata } = await kubevirt.createConfigMap({ metadata: { name: "mine" }, data: {} });
  const another = { name: "mine", uid: "00000000-0000-0000-0000-000000000000" };
  await expect(kubevirt.deleteConfigMap(another)).rejects.toMatchObject({ status: 409 });
  await kubevirt.deleteConfigMap(metadata);
  await kubevirt.deleteConfigMap(metadata);
  expect(await lab.find("configmaps", "mine")).toBeUndefined();
});

test("a freeze that the agent refuses says so, and names the machine", async () => {
  const refusal = (await kubevirt
    .freeze("db", 1_500)
    .catch((error: unknown) => error)) as ClusterError;
  expect(refusal.message).toMatch(
    /^cannot update freeze of VirtualMachineInstance default\/db: \d{3} /,
  );
});

test("calls that belong to a signal end with it; others do not", async () => {
  const abort = new AbortController();
  const bound = kubevirt.withSignal(abort.signal);
  abort.abort(new Error("canceled"));
  await expect(bound.listSnapshots()).rejects.toThrow("canceled");
  await expect(kubevirt.listRestores()).resolves.toEqual([]);
});
