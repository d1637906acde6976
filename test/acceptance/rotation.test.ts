import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterInputs } from "../../platforms/cluster/inputs";
import { changeCluster, clustersOf, kubeconfigFor } from "../../sandbox/openshift";
import type { Instance } from "../../snapset/snapsetData";
import { captureOf, failureOf, FaultyCloud } from "./FaultyCloud";

jest.setTimeout(120_000);

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let cloud: FaultyCloud;
let instances: Instance[];
let address: string;
let kubeconfig: string;

/** A cluster whose installation began so long ago. */
async function open(ageMs: number): Promise<void> {
  cloud = await FaultyCloud.open({ timeScale: 60, clockOffsetMs: -ageMs });
  instances = [
    cloud.boot("controller", "controller", 1),
    cloud.boot("master0", "ocp_master", 2),
    cloud.boot("worker0", "ocp_worker", 3),
  ];
  cloud.world.clock.advance(ageMs);
  [address = ""] = cloud.world.guests().find(({ name }) => name === "master0")?.ips ?? [];
  kubeconfig = join(cloud.directory, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigFor(cloud.sandbox.url, address));
}
afterEach(() => cloud.close());

const model = () => {
  const found = clustersOf(cloud.world).at(address);
  if (!found) throw new Error("no cluster runs");
  return found;
};
const capture = (
  rotation: Partial<ClusterInputs["rotation"]> = {},
  onFailure: "giveBack" | "keep" = "giveBack",
) => {
  const cluster: ClusterInputs = {
    kubeconfig,
    stability: { beforeShutdown: 1000, initial: 500, extended: 1000 },
    rounds: "proof",
    rotation: { mode: "gate", minValidity: 14 * dayMs, wait: 0, ...rotation },
    debugImage: null,
    drain: 1000,
    deadline: 60_000,
  };
  return cloud.capture(captureOf(instances, { cluster, onFailure }));
};
const gate = () =>
  cloud.manifestOf("faults01").phases.find(({ name }) => name === "rotation gate")?.evidence;

test("a capture of a rotated cluster says what it has looked at, and when the set ends", async () => {
  await open(27 * hourMs);
  model().settle();
  changeCluster(model(), { kubelets: { worker0: { servingMs: 20 * dayMs } } });
  expect((await capture()).phase).toBe("committed");
  expect(gate()).toMatch(
    /^rotated, 3 signers and the kubelets of 2 nodes looked at, all valid until \S+Z \(serving certificate of worker0\)$/,
  );
  const left = Date.parse(cloud.manifestOf("faults01").notAfter ?? "") - Date.now();
  expect(Math.abs(left - 20 * dayMs)).toBeLessThan(10 * 60_000);
});

test("one node's certificate that is short is enough to refuse; nothing is left or changed", async () => {
  await open(27 * hourMs);
  changeCluster(model(), { kubelets: { worker0: { clientMs: 14 * dayMs - hourMs } } });
  const { message } = await failureOf(capture());
  expect(message).toMatch(
    /^the cluster's certificates would not outlive the shutdown \(mode accelerate makes the cluster rotate at once\): client certificate of worker0 ends at \S+, 1 h \d m too early \(14\.0 days are needed\); the cluster renews it between /,
  );
  expect(cloud.leftovers("faults01")).toEqual([]);
  expect(new Set(Object.values(cloud.states()))).toEqual(new Set(["ACTIVE"]));
  expect(model().pods.list()).toEqual([]);
});

test("a capture of a cluster in its first hours is refused, or has it rotated", async () => {
  await open(2 * hourMs);
  const { message } = await failureOf(capture({ deadline: 0 }));
  expect(message).toMatch(/: it is still the installer's first, the cluster was installed /);
  const outs = await capture({ mode: "accelerate" });
  expect(outs.phase).toBe("committed");
  expect(gate()).toMatch(
    /^rotated, .*; rotation forced \(bootstrap credentials: renewed on master0; .*; kubelets of master0: .*; kubelets of worker0: /,
  );
  const left = Date.parse(cloud.manifestOf("faults01").notAfter ?? "") - Date.now();
  expect(left).toBeGreaterThan(29 * dayMs);
});

test("a capture that has begun to bring nodes down goes by what it has seen before", async () => {
  await open(27 * hourMs);
  const heal = cloud.world.faults.add({
    match: { service: "openshift", action: "patchNode", name: "worker0" },
    then: { status: 500 },
  });
  const { kept } = await failureOf(capture({}, "keep"));
  expect(kept?.progress.quiesced).toBe(true);
  heal();
  changeCluster(model(), { kubelets: { worker0: { isUnreadable: true } } });
  expect((await capture()).phase).toBe("committed");
  const { phases } = cloud.manifestOf("faults01");
  expect(phases.filter(({ name }) => name === "rotation gate")).toHaveLength(1);
});
