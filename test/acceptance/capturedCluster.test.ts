import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterInputs } from "../../platforms/cluster/inputs";
import { connectCluster, type Cluster } from "../../openshift";
import { systemClock } from "../../common/clock";
import { kubeconfigFor } from "../../sandbox/openshift";
import type { Instance } from "../../snapset/snapsetData";
import { captureOf, failureOf, FaultyCloud } from "./FaultyCloud";

jest.setTimeout(120_000);

/** An installation takes an hour, the first rotation of certificates a day. */
const agingMs = 27 * 3_600_000;

let cloud: FaultyCloud;
let instances: Instance[];
let settings: ClusterInputs;
let cluster: Cluster;

beforeEach(async () => {
  cloud = await FaultyCloud.open({ timeScale: 60, clockOffsetMs: -agingMs });
  instances = [cloud.boot("controller", "controller", 1), cloud.boot("master0", "ocp_master", 2)];
  cloud.world.clock.advance(agingMs);
  const [address = ""] = cloud.world.guests().find((it) => it.name === "master0")?.ips ?? [];
  const kubeconfig = join(cloud.directory, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigFor(cloud.sandbox.url, address));
  settings = {
    kubeconfig,
    stability: { beforeShutdown: 1000, initial: 500, extended: 1000 },
    rounds: "proof",
    rotation: { mode: "gate", minValidity: 14 * 86_400_000, wait: 0 },
    debugImage: null,
    drain: 5000,
    deadline: 60_000,
  };
  cluster = await connectCluster({ kubeconfig: { path: kubeconfig }, clock: systemClock });
});
afterEach(() => cloud.close());

const cordoned = async () =>
  (await cluster.listNodes()).filter((node) => node.spec?.unschedulable === true).length;

describe("a capture of servers with a cluster inside", () => {
  it("brings it to rest from inside, and back after the commit, with proof", async () => {
    const inputs = captureOf(instances, { cluster: settings, afterCapture: "resume" });
    const outs = await cloud.capture(inputs);
    expect(outs.phase).toBe("committed");
    const { members, cluster: facts, notAfter } = cloud.manifestOf("faults01");
    expect(members.map(({ name, stop }) => [name, stop])).toEqual([
      ["controller", "graceful"],
      ["master0", "inside"],
    ]);
    expect(facts?.nodes.map(({ name, cordoned: was }) => [name, was])).toEqual([
      ["master0", false],
    ]);
    expect(Date.parse(notAfter ?? "")).toBeGreaterThan(Date.now());
    expect(cloud.states()).toEqual({ controller: "ACTIVE", master0: "ACTIVE" });
    expect(await cordoned()).toBe(0);
    const resume = outs.progress.timings.at(-1);
    expect(resume?.name).toBe("resume");
    expect(resume?.evidence).toMatch(
      /^2 servers ACTIVE again: controller, master0; cluster revived, uncordoned: master0$/,
    );
  });

  it("gives the cluster back, too, when an image fails", async () => {
    cloud.world.faults.add({
      match: { service: "compute", action: "createImage", name: "master0" },
      then: { status: 403, body: { forbidden: { code: 403, message: "Policy says no." } } },
    });
    const inputs = captureOf(instances, { cluster: settings });
    const { message, kept } = await failureOf(cloud.capture(inputs));
    expect(message).toMatch(/cluster revived, uncordoned: master0/);
    expect(kept?.phase).toBe("given back");
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.states()).toEqual({ controller: "ACTIVE", master0: "ACTIVE" });
    expect(await cordoned()).toBe(0);
  });

  it("is only looked at when servers are imaged while they run", async () => {
    const inputs = captureOf(instances, { cluster: settings, consistency: "crash" });
    expect((await cloud.capture(inputs)).phase).toBe("committed");
    const { members, cluster: facts, notAfter } = cloud.manifestOf("faults01");
    expect(members.map(({ stop }) => stop)).toEqual(["running", "running"]);
    expect([facts?.nodes.length, notAfter === null]).toEqual([1, false]);
    expect(await cordoned()).toBe(0);
  });
});
