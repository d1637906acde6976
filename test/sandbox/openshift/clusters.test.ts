import { address, day, hour, Lab, minute } from "./lab";
import type { Cluster } from "../../../openshift";
import { readSigners } from "../../../openshift/rotation/signers";
import { assessStability } from "../../../openshift/stability/stability";
import { clusterOnDisk } from "../../../sandbox/openshift";

let lab: Lab;
let cluster: Cluster;

beforeEach(async () => {
  lab = await new Lab().open();
  cluster = await lab.cluster();
});
afterEach(() => lab.close());

const readyOf = async () =>
  (await cluster.listNodes()).map(
    (node) => node.status?.conditions?.find((c) => c.type === "Ready")?.status,
  );
const conditionOf = async (name: string, type: string) =>
  (await cluster.listClusterOperators())
    .find((operator) => operator.metadata.name === name)
    ?.status?.conditions?.find((c) => c.type === type)?.status;

describe("installation", () => {
  test("answers after 20 minutes and is complete after 45", async () => {
    lab.boot("controller", "192.168.32.254");
    lab.boot("master-0", address);
    lab.worldClock.advance(20 * minute);
    await expect(cluster.listNodes()).rejects.toThrow("cannot list nodes: no answer: ");
    lab.worldClock.advance(minute);
    expect(await readyOf()).toEqual(["True"]);
    expect((await cluster.listClusterOperators()).length).toBe(34);
    expect(await conditionOf("storage", "Available")).toBe("False");
    expect((await cluster.readClusterVersion()).status?.history?.[0]?.state).toBe("Partial");
    lab.worldClock.advance(25 * minute);
    expect(await conditionOf("storage", "Available")).toBe("True");
    expect((await cluster.readClusterVersion()).status?.history?.[0]?.state).toBe("Completed");
  });

  test("needs a controller in the network", async () => {
    lab.boot("master-0", address);
    lab.worldClock.advance(hour);
    await expect(cluster.listNodes()).rejects.toThrow("no answer");
    lab.boot("controller", "192.168.32.254");
    lab.worldClock.advance(hour);
    expect(await readyOf()).toEqual(["True"]);
  });

  test("takes in every node of the network, with its role", async () => {
    lab.install(3, 2);
    const nodes = await cluster.listNodes();
    expect(nodes.map((node) => node.metadata.name)).toEqual([
      "master-0",
      "master-1",
      "master-2",
      "worker-0",
      "worker-1",
    ]);
    expect(Object.keys(nodes[0]?.metadata.labels ?? {})).not.toContain(
      "node-role.kubernetes.io/worker",
    );
  });
});

describe("a restored cluster", () => {
  test("is the same cluster in another boot, with its cordon", async () => {
    const nodes = lab.install();
    await cluster.patchNodeUnschedulable("master-0", true);
    const before = (await cluster.listNodes())[0];
    const id = (await cluster.readClusterVersion()).spec?.clusterID;
    lab.stopGracefully(nodes);
    await expect(cluster.listNodes()).rejects.toThrow("no answer");
    await lab.captureAndRestore(nodes);
    lab.worldClock.advance(3 * minute);
    const after = (await cluster.listNodes())[0];
    expect((await cluster.readClusterVersion()).spec?.clusterID).toBe(id);
    expect(after?.spec?.unschedulable).toBe(true);
    expect(after?.status?.nodeInfo?.bootID).not.toBe(before?.status?.nodeInfo?.bootID);
  });

  test("reports yesterday's health first, then rolls out, then is fresh", async () => {
    const nodes = lab.install();
    lab.stopGracefully(nodes);
    await lab.captureAndRestore(nodes, 2 * hour);
    lab.worldClock.advance(12_000 + 25_000);
    const bootedAt = lab.worldClock.nowMs() - 25_000;
    const newestLease = async () =>
      Math.max(
        ...(await cluster.listLeases())
          .filter((lease) => lease.metadata.namespace !== "kube-node-lease")
          .map((lease) => Date.parse(lease.spec?.renewTime ?? "")),
      );
    expect(await conditionOf("network", "Progressing")).toBe("False");
    expect(await newestLease()).toBeLessThan(bootedAt - hour);
    lab.worldClock.advance(50_000);
    expect(await conditionOf("network", "Progressing")).toBe("True");
    lab.worldClock.advance(50_000);
    expect(await conditionOf("network", "Progressing")).toBe("False");
    expect(await newestLease()).toBeGreaterThan(bootedAt);
  });

  test("gets healthy on cordoned nodes: kubelets restart the pods that were there before", async () => {
    const nodes = lab.install();
    await cluster.patchNodeUnschedulable("master-0", true);
    lab.stopGracefully(nodes);
    await lab.captureAndRestore(nodes);
    lab.worldClock.advance(5 * minute);
    expect((await cluster.listNodes())[0]?.spec?.unschedulable).toBe(true);
    const { stable, reasons } = assessStability(await cluster.listClusterOperators());
    expect({ stable, reasons }).toEqual({ stable: true, reasons: [] });
  });

  test("needs a majority of its masters", async () => {
    const nodes = lab.install(3);
    lab.stopGracefully(nodes);
    expect(clusterOnDisk(nodes[2]?.disk.content ?? {})?.kind).toBe("etcd");
    const images = nodes.map((node) => structuredClone(node.disk.content));
    for (const guest of lab.guests.all()) lab.guests.remove(guest);
    lab.boot("master-0", address, images[0]);
    lab.worldClock.advance(5 * minute);
    await expect(cluster.listNodes()).rejects.toThrow("no answer");
    lab.boot("master-1", "192.168.32.11", images[1]);
    lab.worldClock.advance(5 * minute);
    expect(await readyOf()).toEqual(["True", "True", "Unknown"]);
  });
});

describe("certificates", () => {
  const csrSignerUntil = async () =>
    Date.parse((await readSigners(cluster)).find((s) => s.name === "csr-signer")?.notAfter ?? "");

  test("are rotated in the first day to live for 30", async () => {
    lab.install();
    const installed = lab.worldClock.nowMs();
    expect(await csrSignerUntil()).toBeLessThan(installed + day);
    lab.worldClock.advance(25 * hour);
    expect(await csrSignerUntil()).toBeGreaterThan(lab.worldClock.nowMs() + 28 * day);
    expect(await readyOf()).toEqual(["True"]);
  });

  test("go on being rotated while the cluster runs", async () => {
    lab.install();
    lab.worldClock.advance(100 * day);
    expect(await readyOf()).toEqual(["True"]);
    expect(await csrSignerUntil()).toBeGreaterThan(lab.worldClock.nowMs() + 14 * day);
  });

  test("once the first ones have expired in a shutdown, nodes never come back", async () => {
    const nodes = lab.install();
    lab.stopGracefully(nodes);
    await lab.captureAndRestore(nodes, day);
    lab.worldClock.advance(hour);
    expect(await readyOf()).toEqual(["Unknown"]);
    expect(await csrSignerUntil()).toBeLessThan(lab.worldClock.nowMs());
  });

  test("a rotated cluster comes back within 30 days and not after", async () => {
    const nodes = lab.install();
    lab.worldClock.advance(25 * hour);
    lab.stopGracefully(nodes);
    const [restored] = await lab.captureAndRestore(nodes, 20 * day);
    lab.worldClock.advance(5 * minute);
    expect(await readyOf()).toEqual(["True"]);
    if (!restored) throw new Error("nothing was restored");
    lab.stopGracefully([restored]);
    await lab.captureAndRestore([restored], 40 * day);
    lab.worldClock.advance(5 * minute);
    expect(await readyOf()).toEqual(["Unknown"]);
  });
});

describe("disks", () => {
  test("remember a pulled plug", () => {
    const [master] = lab.install();
    if (!master) throw new Error("nothing was installed");
    lab.guests.pullPlug(master);
    const disk = clusterOnDisk(master.disk.content);
    expect(disk?.kind === "etcd" && disk.nodes["master-0"]?.lastStop).toBe("hard");
  });

  test("take what the cluster knows into an image of a running server", async () => {
    const [master] = lab.install();
    if (!master) throw new Error("nothing was installed");
    await cluster.patchNodeUnschedulable("master-0", true);
    const disk = clusterOnDisk(lab.guests.captureDisk(master));
    expect(disk?.kind === "etcd" && disk.nodes["master-0"]?.unschedulable).toBe(true);
  });
});
