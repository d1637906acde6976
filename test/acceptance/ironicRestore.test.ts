import type { RestorationOutputs } from "../../dynamic/providers/restoration";
import { BareMetalCloud, hardware } from "./BareMetalCloud";
import { failureOf } from "./FaultyCloud";

jest.setTimeout(120_000);

let metal: BareMetalCloud;
let images: { name: string; imageId: string }[];

beforeEach(async () => {
  metal = await BareMetalCloud.open();
  images = await metal.captureAndUndeploy();
});

afterEach(() => metal.close());

const running = { master0: "active, power on", master1: "active, power on" };

/** Which image each machine was deployed from, by Ironic. */
const deployed = () =>
  images.map(({ name }) => metal.node(name as "master0").fields.instance_info["image_source"]);

const provisioned = () => metal.changes().filter((it) => it.startsWith("setProvisionState"));

test("when there is hardware failure, the same image can be applied to another machine; capture the system into an image and apply", async () => {
  const { phase, phases } = await metal.providers.restore(metal.restoration(images));
  expect(phase).toBe("whole");
  expect(metal.states()).toEqual(running);
  expect(deployed()).toEqual(images.map(({ imageId }) => imageId));
  // The disks are those of the set: their next boot is the second one.
  expect([metal.bootCount("master0"), metal.bootCount("master1")]).toEqual([2, 2]);
  expect(phases.map(({ name, evidence }) => `${name}: ${evidence}`)).toEqual([
    "deploy: 2 machines active with the images of set metal001, MACs as captured: " +
      "master0 on rack-master0, master1 on rack-master1",
  ]);
});

test("the manifest's MACs are checked, not set: other hardware is refused before any change", async () => {
  const swapped = metal.restoration(images);
  const other: Record<string, string> = { master0: "rack-master1", master1: "rack-master0" };
  const members = swapped.members.map((it) => ({ ...it, target: other[it.name] ?? "" }));
  const { message } = await failureOf(metal.providers.restore({ ...swapped, members }));
  expect(message).toContain("restore of bare metal: 2 problems");
  expect(message).toContain(
    `has no port with MAC ${hardware.master0}, which was captured; it has ${hardware.master1}`,
  );
  const seen = await metal.providers.checkRestore({}, { ...swapped, members });
  expect(seen.failures).toHaveLength(2);
  expect(metal.changes()).toEqual([]);
});

test("a restore is a step: done again for another trigger only, by a rebuild", async () => {
  const kept = await metal.providers.restore(metal.restoration(images));
  metal.world.requests.clear();
  const again = await metal.providers.restoreAgain(kept, metal.restoration(images));
  expect(metal.changes()).toEqual([]);
  expect(again.phases).toEqual([]);
  await metal.providers.restoreAgain(again, metal.restoration(images, { trigger: "monday" }));
  expect(provisioned()).toEqual(["setProvisionState rebuild", "setProvisionState rebuild"]);
  expect(metal.states()).toEqual(running);
  expect([metal.bootCount("master0"), metal.bootCount("master1")]).toEqual([2, 2]);
});

test("a failed deployment is asked for again; the ramdisk's next boot works", async () => {
  metal.world.bareMetal.options.callbackTimeoutMs = 30_000;
  metal.world.faults.add({
    match: { action: "deploy", name: "rack-master0", times: 1 },
    then: { effect: "ramdiskSilent" },
  });
  await metal.providers.restore(metal.restoration(images));
  expect(provisioned()).toHaveLength(3);
  expect(metal.states()).toEqual(running);
});

test("one that cannot be deployed is named with Ironic's words, the others are whole, and the next up goes on", async () => {
  metal.world.bareMetal.options.callbackTimeoutMs = 30_000;
  const disarm = metal.world.faults.add({
    match: { action: "deploy", name: "rack-master0", times: 99 },
    then: { effect: "ramdiskSilent" },
  });
  const { message, kept } = await failureOf(metal.providers.restore(metal.restoration(images)));
  expect(message).toContain("master0: node rack-master0");
  expect(message).toContain("is deploy failed after 3 deployments: Timeout reached");
  expect(message).toContain("`pulumi up` goes on from here");
  expect(metal.states()["master1"]).toBe("active, power on");
  disarm();
  metal.world.requests.clear();
  const outs = kept as unknown as RestorationOutputs;
  expect((await metal.providers.restoreAgain(outs, metal.restoration(images))).phase).toBe("whole");
  expect(provisioned()).toEqual(["setProvisionState active"]);
});

test("what is deployed on a node that nobody restored a set to is not overwritten", async () => {
  const { world } = metal;
  const [base] = world.images.all();
  Object.assign(metal.node("master0").fields, { instance_info: { image_source: base?.id } });
  world.bareMetal.conductor.provision(metal.node("master0"), "active", "");
  await metal.cloud.until("it", () => metal.node("master0").provisionState === "active");
  const { message } = await failureOf(metal.providers.restore(metal.restoration(images)));
  expect(message).toContain("is active with something that no set was restored to");
  expect(metal.changes()).toEqual([]);
});

test("destroying it has the machines undeployed that it was restored to, and no others", async () => {
  const kept = await metal.providers.restore(metal.restoration(images));
  await metal.undeploy("master1");
  const [base] = metal.world.images.all();
  Object.assign(metal.node("master1").fields, { instance_info: { image_source: base?.id } });
  metal.world.bareMetal.conductor.provision(metal.node("master1"), "active", "");
  await metal.cloud.until("it", () => metal.node("master1").provisionState === "active");
  metal.world.requests.clear();
  await metal.providers.release(kept);
  expect(provisioned()).toEqual(["setProvisionState deleted"]);
  await metal.cloud.until("it", () => metal.node("master0").provisionState === "available");
  expect(metal.states()["master1"]).toBe("active, power on");
});

test.each(["snapshot wait", "snapshot failed"])(
  "%s -> deleting (on deleted): destroying it undeploys a machine out of a snapshot, too",
  async (state) => {
    const kept = await metal.providers.restore(metal.restoration(images));
    const { world } = metal;
    world.bareMetal.options.callbackTimeoutMs = state === "snapshot wait" ? 3_600_000 : 10_000;
    world.faults.add({
      match: { action: "snapshot", times: 9 },
      then: { effect: "ramdiskSilent" },
    });
    const holder = world.images.create(metal.cloud.projectId, { name: "theirs" });
    world.bareMetal.conductor.provision(metal.node("master0"), "snapshot", holder.id);
    await metal.cloud.until(state, () => metal.node("master0").provisionState === state);
    await metal.providers.release(kept);
    await metal.cloud.until("it", () => metal.node("master0").provisionState === "available");
  },
);
