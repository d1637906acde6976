import type { RestorationOutputs } from "../../dynamic/providers/restoration";
import { BareMetalCloud } from "./BareMetalCloud";
import { failureOf } from "./FaultyCloud";

jest.setTimeout(120_000);

let metal: BareMetalCloud;

beforeEach(async () => {
  metal = await BareMetalCloud.open();
});
afterEach(() => metal.close());

const provisioned = () => metal.changes().filter((it) => it.startsWith("setProvisionState"));
const sourceOf = (name: "master0" | "master1") =>
  metal.node(name).fields.instance_info["image_source"];

/** Somebody deploys an image on a machine, without us. */
async function deployByHand(name: "master0" | "master1", imageId: string | undefined) {
  Object.assign(metal.node(name).fields, { instance_info: { image_source: imageId } });
  metal.world.bareMetal.conductor.provision(metal.node(name), "active", "");
  await metal.cloud.until("it", () => metal.node(name).provisionState === "active");
}

test("a machine that somebody else deploys while a restore waits for it is not overwritten", async () => {
  const images = await metal.captureAndUndeploy();
  metal.world.bareMetal.options.callbackTimeoutMs = 600_000;
  metal.world.faults.add({
    match: { action: "deploy", name: "rack-master1", times: 1 },
    then: { effect: "ramdiskSilent" },
  });
  // A conductor holds it at the moment.
  metal.node("master0").reservation = "conductor-2";
  const restore = failureOf(metal.providers.restore(metal.restoration(images)));
  await metal.cloud.until("the other", () => metal.node("master1").provisionState !== "available");
  metal.node("master0").reservation = null;
  const base = metal.world.images.all()[0]?.id;
  await deployByHand("master0", base);
  const { message } = await restore;
  expect(message).toContain("master0");
  expect(sourceOf("master0")).toBe(base);
  expect(provisioned()).not.toContain("setProvisionState rebuild");
});

test("a machine that is powered on before its turn is not captured as one that was shut down", async () => {
  metal.world.requests.clear();
  const capture = metal.cloud.capture(metal.inputs({ parallelImages: 1 })).then(
    () => "committed",
    (error: unknown) => String(error),
  );
  await metal.cloud.until("the first", () => metal.node("master0").provisionState !== "active");
  metal.world.bareMetal.conductor.power.request(metal.node("master1"), "rack-master1", "power on");
  const outcome = await capture;
  const seen =
    outcome === "committed"
      ? metal.cloud.manifestOf("metal001").members.map((it) => [it.name, it.stop])
      : [];
  expect({ outcome, seen, states: metal.states() }).toMatchObject({
    outcome: expect.stringContaining("power on") as string,
    seen: [],
  });
});

test("a machine that was still being deployed from another set is not taken for restored to this one", async () => {
  const names = ["master0", "master1"] as const;
  const sets: { name: string; imageId: string }[][] = [];
  for (const snapId of ["metal001", "metal002"]) {
    for (const name of names) metal.guest(name).disk.content.files["/srv/data"] = snapId;
    const outs = await metal.cloud.capture(metal.inputs({ snapId, afterCapture: "resume" }));
    const machines = outs.images.filter(({ member }) => member !== "controller");
    sets.push(machines.map(({ member, imageId }) => ({ name: member, imageId })));
  }
  await metal.undeploy(...names);
  const [one, two] = [metal.node("master0"), metal.node("master1")];
  const markOf = (node: typeof one) => String(node.fields.extra["snapset_restore"]);
  /** While a node is locked the conductor does not hear its ramdisk. */
  const holdWaiting = async (node: typeof one) => {
    await metal.cloud.until("it to wait", () => node.provisionState === "wait call-back");
    node.reservation = "conductor-2";
  };
  // The first up ends while the ramdisk of master0 has not been heard yet; master1 is whole.
  const first = failureOf(
    metal.providers.restore(metal.restoration(sets[0] ?? [], { deadline: 5000 })),
  );
  await holdWaiting(one);
  const { kept } = await first;
  expect([one.provisionState, two.provisionState]).toEqual(["wait call-back", "active"]);
  // The second up is of another set. While master1 is rebuilt, the deployment of master0 ends.
  const second = metal.providers.restoreAgain(
    kept as unknown as RestorationOutputs,
    metal.restoration(sets[1] ?? [], { snapId: "metal002" }),
  );
  await holdWaiting(two);
  one.reservation = null;
  await metal.cloud.until("master0 to be whole", () => markOf(one).startsWith("metal002"));
  two.reservation = null;
  expect((await second).phase).toBe("whole");
  const data = names.map((name) => metal.guest(name).disk.content.files["/srv/data"]);
  expect(data).toEqual(["metal002", "metal002"]);
});

test("what somebody's failed rebuild has left on a machine is not overwritten", async () => {
  const images = await metal.captureAndUndeploy();
  const base = metal.world.images.all()[0]?.id;
  await deployByHand("master0", base);
  metal.world.bareMetal.options.callbackTimeoutMs = 10_000;
  metal.world.faults.add({
    match: { action: "deploy", name: "rack-master0", times: 1 },
    then: { effect: "ramdiskSilent" },
  });
  metal.world.bareMetal.conductor.provision(metal.node("master0"), "rebuild", "");
  await metal.cloud.until("it", () => metal.node("master0").provisionState === "deploy failed");
  metal.world.bareMetal.options.callbackTimeoutMs = 1_800_000;
  const outcome = await metal.providers.restore(metal.restoration(images)).then(
    () => "restored",
    (error: unknown) => String(error),
  );
  expect({ outcome, source: sourceOf("master0"), changes: metal.changes() }).toMatchObject({
    outcome: expect.stringContaining("master0: node rack-master0") as string,
    source: base,
    changes: [],
  });
});

test("a machine that was released and is deployed by hand with the same image is left by a later destroy", async () => {
  const images = await metal.captureAndUndeploy();
  const kept = await metal.providers.restore(metal.restoration(images));
  await metal.providers.release(kept);
  await metal.cloud.until("it", () =>
    (["master0", "master1"] as const).every(
      (name) => metal.node(name).provisionState === "available",
    ),
  );
  await deployByHand("master0", images[0]?.imageId);
  metal.world.requests.clear();
  // The answer to the first destroy was lost: it is done again.
  await metal.providers.release(kept);
  expect(provisioned()).toEqual([]);
});

test("a conductor that still holds the last node when its snapshot is whole leaves no mark on it", async () => {
  metal.world.requests.clear();
  const inputs = metal.inputs({ instances: [metal.machine("master0")] });
  metal.world.faults.add({
    match: { service: "baremetal", action: "updateNode", nth: 2, times: 1 },
    then: { status: 409, body: { error_message: "Node is locked" } },
  });
  expect((await metal.cloud.capture(inputs)).phase).toBe("committed");
  expect(metal.states()["master0"]).toBe("active, power off");
});

test("deleting that set later does not abort somebody else's snapshot", async () => {
  const inputs = metal.inputs({ instances: [metal.machine("master0")] });
  metal.world.faults.add({
    match: { service: "baremetal", action: "updateNode", nth: 2, times: 1 },
    then: { status: 409, body: { error_message: "Node is locked" } },
  });
  const kept = await metal.cloud.capture(inputs);
  const { world } = metal;
  world.bareMetal.options.callbackTimeoutMs = 3_600_000;
  world.faults.add({ match: { action: "snapshot", times: 9 }, then: { effect: "ramdiskSilent" } });
  const holder = world.images.create(metal.cloud.projectId, { name: "theirs" });
  world.bareMetal.conductor.provision(metal.node("master0"), "snapshot", holder.id);
  await metal.cloud.until("it to wait", () => metal.states()["master0"]?.includes("wait") ?? false);
  world.requests.clear();
  await metal.cloud.remove(kept);
  expect(metal.asked("setProvisionState abort")).toBe(0);
});

test("destroy after another trigger's restore that did not come to begin undeploys what was restored", async () => {
  const images = await metal.captureAndUndeploy();
  const kept = await metal.providers.restore(metal.restoration(images));
  const disarm = metal.world.faults.add({
    match: { service: "baremetal", action: "updateNode", name: "rack-master0", times: 9 },
    then: { status: 500, body: { error_message: "no database" } },
  });
  const again = metal.providers.restoreAgain(
    kept,
    metal.restoration(images, { trigger: "monday" }),
  );
  const stopped = await failureOf(again);
  expect(stopped.message).toContain("`pulumi destroy` has the machines undeployed");
  disarm();
  await metal.providers.release(stopped.kept as unknown as RestorationOutputs);
  await metal.cloud.until("to settle", () => !metal.world.bareMetal.tasks.isBusy);
  expect([
    metal.node("master0").provisionState,
    metal.node("master1").provisionState,
  ]).not.toContain("active");
});

test("a machine that the environment no longer names is undeployed by the next up, the others are left", async () => {
  const images = await metal.captureAndUndeploy();
  const kept = await metal.providers.restore(metal.restoration(images));
  metal.world.requests.clear();
  await metal.providers.restoreAgain(kept, metal.restoration(images.slice(0, 1)));
  expect(provisioned()).toEqual(["setProvisionState deleted"]);
  expect(metal.node("master1").provisionState).not.toBe("active");
  expect(metal.node("master0").provisionState).toBe("active");
});

test("a machine that was off is not taken for one that was stopped because a restarted conductor left its ramdisk on", async () => {
  const instances = [metal.machine("master0")];
  await metal.powerOff("master0");
  metal.world.requests.clear();
  const first = failureOf(metal.cloud.capture(metal.inputs({ onFailure: "keep", instances })));
  const node = metal.node("master0");
  await metal.cloud.until("its snapshot", () => node.provisionState !== "active");
  // From here on the client gets no answer.
  metal.world.faults.add({ match: { action: "*" }, then: { status: 400, body: "cut off" } });
  await metal.cloud.until("its ramdisk", () => node.powerState === "power on");
  await metal.cloud.until("it to stream", () => node.provisionState === "snapshotting");
  metal.world.bareMetal.restartConductor();
  const { kept } = await first;
  metal.world.faults.clear();
  expect(metal.states()["master0"]).toBe("snapshot failed, power on, marked");
  if (kept === undefined) throw new Error("nothing was kept");
  await metal.cloud.resume(
    kept,
    metal.inputs({ instances, afterCapture: "resume", shutdownTimeout: 200 }),
  );
  const stops = metal.cloud.manifestOf("metal001").members.map(({ stop }) => stop);
  expect({
    stops,
    states: metal.states()["master0"],
    asked: metal.changes().filter((it) => it.startsWith("setPower")),
  }).toEqual({
    stops: ["found"],
    states: "active, power off",
    asked: [],
  });
});
