import { PartialFailure } from "../../dynamic/providers/partialFailure";
import type { ResetInputs, ResetOutputs } from "../../platforms/nova/reset/types";
import type { Instance } from "../../snapset/snapsetData";
import { startProvider } from "../kills/ProviderProcess";
import { allRunning, captureOf, expectUntouched, FaultyCloud } from "./FaultyCloud";
import { Providers } from "./Providers";

jest.setTimeout(60_000);

/** What somebody wrote on a disk since the set was made. */
const work = "/home/user/work";

let cloud: FaultyCloud;
let providers: Providers;
let instances: Instance[];
let inputs: ResetInputs;

beforeEach(async () => {
  cloud = await FaultyCloud.open();
  instances = cloud.bootThree();
  providers = new Providers(cloud.env);
  const { images } = await cloud.capture(captureOf(instances, { afterCapture: "resume" }));
  const imageOf = new Map(images.map(({ member, imageId }) => [member, imageId]));
  inputs = {
    snapId: "faults01",
    trigger: "1",
    nodes: instances.map(({ name, uuid, role }) => ({
      name,
      role,
      serverId: uuid,
      imageId: imageOf.get(name) ?? "",
      volumes: [],
    })),
    readiness: { policy: "StopTarget", gracePeriod: 300_000 },
    deadline: 60_000,
    selfUrn: "urn:test",
  };
  for (const guest of cloud.world.guests()) guest.disk.content.files[work] = "since the set";
});
afterEach(() => cloud.close());

/** Names of the servers whose disks are not as the set has them. */
const used = (): string[] =>
  cloud.world
    .guests()
    .filter((guest) => work in guest.disk.content.files)
    .map(({ name }) => name);

const rebuilds = () => cloud.asked("compute rebuild");

async function stoppedBy(run: Promise<unknown>): Promise<{ reasons: string; kept: ResetOutputs }> {
  const error = await run.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof PartialFailure)) throw error;
  return {
    reasons: error.reasons.join("\n"),
    kept: error.properties as unknown as ResetOutputs,
  };
}

describe("a reset", () => {
  it("puts back every disk, and starts the servers that it has", async () => {
    const ids = cloud.world.guests().map(({ serverId }) => serverId);
    const outs = await providers.reset(inputs);
    expect(used()).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
    expect(
      cloud.world
        .guests()
        .map(({ serverId }) => serverId)
        .toSorted(),
    ).toEqual(ids.toSorted());
    expect(outs.phase).toBe("whole");
    expect(outs.phases.map(({ name, evidence }) => [name, evidence])).toEqual([
      ["reset", "3 servers at set faults01: controller, compute0, compute1"],
      ["start", "3 servers ACTIVE again: controller, compute0, compute1"],
    ]);
    // Another trigger another time; the same one never again.
    await expectUntouched(cloud, () => providers.resetAgain(outs, inputs));
    const [guest] = cloud.world.guests();
    if (guest !== undefined) guest.disk.content.files[work] = "the next day's";
    await providers.resetAgain(outs, { ...inputs, trigger: "2" });
    expect(used()).toEqual([]);
    expect(rebuilds()).toBe(3);
  });

  it("has all servers off before the first rebuild, and all rebuilt before the first start", async () => {
    await providers.reset(inputs);
    const orders = cloud.world.requests
      .filter(({ action }) => ["os-stop", "rebuild", "os-start"].includes(action))
      .map(({ action }) => action)
      .slice(-9);
    expect(orders.slice(0, 3)).toEqual(["os-stop", "os-stop", "os-stop"]);
    expect(orders.slice(3, 6)).toEqual(["rebuild", "rebuild", "rebuild"]);
    expect(orders.slice(6)).toEqual(["os-start", "os-start", "os-start"]);
  });

  it("only marks servers that a set restored before there were resets, until a trigger asks for more", async () => {
    // As they are after a restore: from the set's images, without a mark.
    const first = await providers.reset(inputs);
    for (const server of cloud.world.compute.servers.all()) server.metadata = {};
    for (const guest of cloud.world.guests()) guest.disk.content.files[work] = "since the restore";
    const calm = { ...inputs, trigger: "" };
    const { phases } = await providers.resetAgain({ ...first, ...calm }, calm);
    expect(phases).toEqual([]);
    expect(used()).toHaveLength(3);
    expect(rebuilds()).toBe(3);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("leaves those off that it could not put back, with all the others, and goes on at the next up", async () => {
    cloud.world.faults.add({
      match: { action: "rebuild", name: "compute0", nth: 1, times: 3 },
      then: { effect: "rebuildFails" },
    });
    const { reasons, kept } = await stoppedBy(providers.reset(inputs));
    expect(reasons).toMatch(/server compute0 \(\S+\) is ERROR after 3 rebuilds: Failed to build/);
    expect(reasons).toContain("`pulumi up` goes on from here");
    expect(kept.phase).toBe("unfinished");
    expect(cloud.states()).toEqual({
      controller: "SHUTOFF",
      compute0: "ERROR",
      compute1: "SHUTOFF",
    });
    const before = rebuilds();
    await providers.resetAgain(kept, inputs);
    expect(used()).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
    // From ERROR a rebuilt server runs: it is stopped, and rebuilt as one that never did.
    expect(rebuilds() - before).toBe(2);
  });

  it("goes on after answers that got lost, and after refusals for now", async () => {
    cloud.world.faults.add({
      match: { action: "rebuild", nth: 1 },
      then: { reset: true, afterwards: true },
    });
    cloud.world.faults.add({ match: { action: "os-stop", nth: 2 }, then: { status: 409 } });
    await providers.reset(inputs);
    expect(used()).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("after kill -9 half-way is finished by the next up, whatever was done by then", async () => {
    const killed = await startProvider();
    const order = { env: cloud.env, kind: "Reset", method: "create" } as const;
    const ended = killed.carryOut({ ...order, args: [inputs] });
    await cloud.until("a rebuild to be under way", () => rebuilds() > 0);
    await killed.kill();
    expect(await ended).toBe("killed");
    const left = cloud.states();
    expect(left).not.toEqual(allRunning);
    await providers.reset(inputs);
    expect(used()).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("after a kill before the start only starts them; one that somebody stopped later stays off", async () => {
    const outs = await providers.reset(inputs);
    for (const { name } of instances) cloud.stop(name);
    await providers.reset(inputs);
    expect(cloud.states()).toEqual(allRunning);
    expect(rebuilds()).toBe(3);
    cloud.stop("compute1");
    await providers.resetAgain(outs, { ...inputs, deadline: 1 });
    expect(cloud.states()).toEqual({ ...allRunning, compute1: "SHUTOFF" });
  });

  it("is seen unfinished by a refresh after a kill of which the state knows nothing", async () => {
    const whole = await providers.reset(inputs);
    expect((await providers.readReset(whole)).phase).toBe("whole");
    const [server] = cloud.world.compute.servers.all();
    if (server !== undefined) server.metadata = { snapset_reset: "begun faults01/2" };
    expect((await providers.readReset(whole)).phase).toBe("unfinished");
  });
});

describe("servers that run", () => {
  it("stop a reset before its first change under FailImmediate, in a preview too", async () => {
    cloud.stop("compute1");
    const strict: ResetInputs = {
      ...inputs,
      readiness: { policy: "FailImmediate", gracePeriod: 0 },
    };
    const reason =
      "controller, compute0 must be SHUTOFF, as snapset:restore.targetReadiness is FailImmediate: stop them, or let StopTarget do it";
    await expectUntouched(cloud, async () => {
      expect((await providers.checkReset({}, strict)).failures).toEqual([{ property: "", reason }]);
      await expect(providers.reset(strict)).rejects.toThrow(reason);
    });
  });

  it("are waited for under WaitGracePeriod, and no longer than that", async () => {
    const patient: ResetInputs = {
      ...inputs,
      readiness: { policy: "WaitGracePeriod", gracePeriod: 500 },
    };
    await expectUntouched(cloud, () =>
      expect(providers.reset(patient)).rejects.toThrow(
        /waiting for somebody to stop the servers.*last seen: running: controller, compute0, compute1/,
      ),
    );
    const run = providers.reset({
      ...patient,
      readiness: { policy: "WaitGracePeriod", gracePeriod: 30_000 },
    });
    for (const name of ["controller", "compute0", "compute1"]) cloud.stop(name);
    await run;
    expect(used()).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });
});

describe("volumes", () => {
  it("make way for those that the set filled, on their devices; a person's stays", async () => {
    const old = cloud.attachVolume("compute0", "data");
    const mine = cloud.attachVolume("compute0", "backup");
    const fresh = cloud.attachVolume("compute1", "data");
    cloud.detachVolume("compute1", fresh);
    const nodes = inputs.nodes.map((node) =>
      node.name === "compute0" ? { ...node, volumes: [{ name: "data", volumeId: fresh }] } : node,
    );
    await providers.reset({ ...inputs, nodes });
    const server = cloud.world.compute.servers.all().find(({ name }) => name === "compute0");
    expect(server?.volumes.map(({ volumeId, device }) => [volumeId, device])).toEqual([
      [mine, "/dev/vdc"],
      [fresh, "/dev/vdb"],
    ]);
    expect(cloud.world.volumes.get(old)?.status).toBe("available");
  });

  it("that are never let go stop the reset at its deadline, which says so", async () => {
    const old = cloud.attachVolume("compute0", "data");
    const fresh = cloud.attachVolume("compute1", "data");
    cloud.detachVolume("compute1", fresh);
    cloud.world.faults.add({ match: { action: "detachVolume" }, then: { effect: "detachHangs" } });
    const nodes = inputs.nodes.map((node) =>
      node.name === "compute0" ? { ...node, volumes: [{ name: "data", volumeId: fresh }] } : node,
    );
    const { reasons } = await stoppedBy(providers.reset({ ...inputs, nodes, deadline: 2_000 }));
    expect(reasons).toMatch(
      /to be back at set faults01; last seen: 2\/3 whole; compute0's data detaching/,
    );
    expect(cloud.world.volumes.get(old)?.status).toBe("detaching");
  });
});
