import { BareMetalCloud, hardware } from "./BareMetalCloud";
import type { ClusterInputs } from "../../platforms/cluster/inputs";
import { expectUntouched, failureOf } from "./FaultyCloud";

jest.setTimeout(120_000);

let metal: BareMetalCloud;
const open = async (...options: Parameters<typeof BareMetalCloud.open>) => {
  metal = await BareMetalCloud.open(...options);
  metal.world.requests.clear();
};

afterEach(() => metal.close());

const atRest = { master0: "active, power off", master1: "active, power off" };
const asBefore = { master0: "active, power on", master1: "active, power on" };

test("an operator captures a controller of Nova and machines of Ironic as one set", async () => {
  await open();
  const { phase, images } = await metal.cloud.capture(metal.inputs());
  expect(phase).toBe("committed");
  expect(images.map(({ member }) => member)).toEqual(["controller", "master0", "master1"]);
  const { members, phases } = metal.cloud.manifestOf("metal001");
  expect(members.map((it) => [it.name, it.platform, it.stop, it.macAddresses])).toEqual([
    ["controller", "nova", "graceful", [metal.controller.macAddress]],
    ["master0", "ironic", "graceful", [hardware.master0]],
    ["master1", "ironic", "graceful", [hardware.master1]],
  ]);
  expect(members[1]?.bareMetal).toEqual({
    nodeName: "rack-master0",
    driver: "ipmi",
    rootDevice: null,
  });
  expect(metal.states()).toEqual(atRest);
  expect(phases.map(({ name, evidence }) => `${name}: ${evidence}`)).toEqual([
    "preflight: 1 server, 2 machines can be captured",
    expect.stringContaining(
      "2 machines powered off, of which stopped: master0 (graceful)",
    ) as string,
    "images: 1 image active, no task running; 2 images of machines active, their nodes active again",
    "verify: 3 members read once more, all whole",
  ]);
});

test("the image should be precreated and acts as a holder; image_ref refers to its UUID; it is verified and tagged like every member", async () => {
  await open();
  await metal.cloud.capture(metal.inputs());
  const image = metal.cloud.imagesOf("metal001").find((it) => (it.name ?? "").includes("master0"));
  expect(image).toMatchObject({ status: "active", name: "hotstack-master0-snapshot-metal001" });
  expect(image?.size).toBeGreaterThan(0);
  expect([...(image?.tags ?? [])].toSorted()).toEqual([
    "hotstack",
    "hotstack-snapset",
    `mac_address=${hardware.master0}`,
    "name=master0",
    "role=ocp_master",
    "snap_id=metal001",
  ]);
  const log = metal.world.requests.filter(({ status, method }) => status < 300 && method !== "GET");
  const actions = log.map(({ service, action }) => `${service} ${action}`);
  const asked = actions.indexOf("baremetal setProvisionState snapshot");
  expect(actions.slice(0, asked).filter((it) => it === "image createImage")).not.toHaveLength(0);
  expect(metal.asked("setProvisionState snapshot")).toBe(2);
});

test("an Ironic that does not offer snapshots is told from its API, in one sentence, and nothing is changed", async () => {
  await open({ snapshots: false });
  const { message } = await expectUntouched(metal.cloud, () =>
    failureOf(metal.cloud.capture(metal.inputs())),
  );
  expect(message).toBe(
    "capture: the Ironic of cloud sandbox does not offer snapshots of bare metal: it speaks the API versions " +
      "1.1 to 1.82, and the specification's verb `snapshot` needs 1.200 or newer, which no released Ironic has; nothing was changed",
  );
});

test("everything that is known to fail is said at once, and nothing is changed", async () => {
  await open();
  metal.node("master0").fields.maintenance = true;
  metal.node("master1").fields.snapshot_interface = "no-snapshot";
  const inputs = metal.inputs({ consistency: "quiesce" });
  const wrongMac = inputs.instances.map((it) =>
    it.name === "master1" ? { ...it, macAddress: "52:54:00:00:00:99" } : it,
  );
  const { message } = await expectUntouched(metal.cloud, () =>
    failureOf(metal.cloud.capture({ ...inputs, instances: wrongMac })),
  );
  expect(message).toContain("consistency quiesce: a bare-metal machine is netbooted");
  expect(message).toContain("node rack-master0");
  expect(message).toContain("is in maintenance: take it out of maintenance first");
  expect(message).toContain("has snapshot_interface no-snapshot");
  expect(message).toContain("has no port with MAC 52:54:00:00:00:99");
});

test("Glance's quotas are held against the whole set, servers and machines and the journal together", async () => {
  await open();
  metal.world.quotas["image_count_total"] = 3;
  const { message } = await expectUntouched(metal.cloud, () =>
    failureOf(metal.cloud.capture(metal.inputs())),
  );
  expect(message).toMatch(
    /^capture: quota Glance's image_count_total: 4 more needed, 0 of 3 are used/,
  );
  metal.world.quotas["image_count_total"] = 4;
  expect((await metal.cloud.capture(metal.inputs())).phase).toBe("committed");
});

describe("with a cluster on bare metal", () => {
  const cluster: ClusterInputs = {
    kubeconfig: "/nowhere/kubeconfig",
    stability: { beforeShutdown: 1000, initial: 500, extended: 1000 },
    rounds: "proof",
    rotation: { mode: "gate", minValidity: 0, wait: 0 },
    debugImage: null,
    drain: 5000,
    deadline: 60_000,
  };

  test("a capture is refused while its nodes run, since nobody would bring them to rest", async () => {
    await open();
    const { message } = await expectUntouched(metal.cloud, () =>
      failureOf(metal.cloud.capture(metal.inputs({ cluster }))),
    );
    for (const name of ["master0", "master1"]) {
      expect(message).toContain(`${name} is a cluster's node on bare metal`);
    }
    expect(message).toContain("shut the cluster down first, or take snapset:cluster out");
  });

  test("a capture takes nodes that are off, and says that nobody looked at the cluster", async () => {
    await open();
    await metal.powerOff("master0", "master1");
    expect((await metal.cloud.capture(metal.inputs({ cluster }))).phase).toBe("committed");
    const { phases, notAfter } = metal.cloud.manifestOf("metal001");
    const quiesce = phases.find(({ name }) => name === "quiesce");
    expect(quiesce?.evidence).toBe(
      "the cluster's nodes were off already, its certificates were not looked at",
    );
    expect(notAfter).toBeNull();
  });
});

test("a reservation (409) is respected: asked again when the conductor has let go", async () => {
  await open();
  const locked = { error_message: '{"faultcode": "Client", "faultstring": "Node is locked"}' };
  metal.world.faults.add({
    match: { service: "baremetal", action: "setProvisionState snapshot", times: 2 },
    then: { status: 409, body: locked },
  });
  await metal.cloud.capture(metal.inputs());
  expect(metal.asked("setProvisionState snapshot")).toBe(4);
  expect(metal.states()).toEqual(atRest);
});

test("snapshot wait -> snapshot failed (on timeout), snapshot failed -> snapshotting (on snapshot): retriggered with the same holder", async () => {
  await open({ callbackTimeoutMs: 60_000 });
  metal.world.faults.add({
    match: { action: "snapshot", name: "rack-master0", times: 1 },
    then: { effect: "ramdiskSilent" },
  });
  await metal.cloud.capture(metal.inputs());
  expect(metal.asked("setProvisionState snapshot")).toBe(3);
  expect(metal.cloud.imagesOf("metal001")).toHaveLength(3);
  expect(metal.states()).toEqual(atRest);
});

test.each([
  ["storeFull", "507"],
  ["connectionCut", "Failed to snapshot"],
  ["streamTampered", "sha-256"],
  ["imageUploadFails", "Image service"],
] as const)(
  "snapshotting -> snapshot failed (on error: %s): given up after three attempts, with Ironic's words, and given back",
  async (effect, words) => {
    await open();
    metal.world.faults.add({
      match: { action: "snapshot", name: "rack-master1", times: 99 },
      then: { effect },
    });
    const { message } = await failureOf(metal.cloud.capture(metal.inputs()));
    expect(message).toContain("image of master1 failed: node rack-master1");
    expect(message).toContain("is snapshot failed after 3 attempts");
    expect(message.toLowerCase()).toContain(words.toLowerCase());
    expect(message).toContain("the capture is given back");
    expect(metal.cloud.leftovers("metal001")).toEqual([]);
    expect(metal.states()).toEqual(asBefore);
  },
);

test("snapshot wait -> snapshot failed -> active (on abort): a capture that is given up leaves no node waiting", async () => {
  await open({ callbackTimeoutMs: 3_600_000 });
  metal.world.faults.add({
    match: { action: "snapshot", times: 99 },
    then: { effect: "ramdiskSilent" },
  });
  const deadlines = { stop: 60_000, images: 1500, idle: 30_000 };
  const { message } = await failureOf(metal.cloud.capture(metal.inputs({ deadlines })));
  expect(message).toContain("waiting for snapshots of machines for set metal001; last seen:");
  expect(message).toContain("snapshot wait: waits for its ramdisk to call");
  expect(message).toContain("snapshots aborted: node rack-master0");
  expect(metal.asked("setProvisionState abort")).toBe(4);
  expect(metal.cloud.leftovers("metal001")).toEqual([]);
  expect(metal.states()).toEqual(asBefore);
});

test("however many machines there are, they are looked at together", async () => {
  await open();
  const names = Array.from({ length: 8 }, (_, i) => `rack-${i}`);
  const image = "hotstack-controller";
  metal.world.bareMetal.enroll(names.map((name) => ({ name, image })));
  const instances = names.map((name) => {
    const { uuid } = metal.world.bareMetal.node(name);
    const port = metal.world.bareMetal.ports().find(({ nodeUuid }) => nodeUuid === uuid);
    const macAddress = port?.address ?? "";
    return { name, uuid, role: "compute" as const, macAddress, platform: "ironic" as const };
  });
  const { images } = await metal.cloud.capture(metal.inputs({ instances }));
  expect(images).toHaveLength(8);
  const reads = metal.world.requests.filter(
    ({ service, method }) => service === "baremetal" && method === "GET",
  );
  expect([...new Set(reads.map(({ action }) => action))].toSorted()).toEqual(
    ["listNodes", "listPorts", "showVersion"].toSorted(),
  );
  expect(reads.filter(({ action }) => action === "listPorts")).toHaveLength(1);
});

test.each([400, 413])(
  "a holder that Glance refuses (%s) ends the capture at once, and it is given back",
  async (status) => {
    await open();
    metal.world.faults.add({
      match: { service: "image", action: "createImage", nth: 2, times: 99 },
      then: { status, body: { message: "no more images" } },
    });
    const { message } = await failureOf(metal.cloud.capture(metal.inputs()));
    expect(message).toContain(`answered ${status}: no more images`);
    expect(message).toContain("the capture is given back");
    expect(metal.asked("setProvisionState snapshot")).toBeLessThanOrEqual(1);
    expect(metal.states()).toEqual(asBefore);
  },
);

test("a conductor that was restarted has failed its snapshots; they are asked for again", async () => {
  await open();
  metal.world.faults.add({
    match: { action: "snapshot.stream_image", times: 1 },
    then: { effect: "conductorRestarts" },
  });
  await metal.cloud.capture(metal.inputs());
  expect(metal.asked("setProvisionState snapshot")).toBeGreaterThan(2);
  expect(metal.states()).toEqual(atRest);
});

test("another one's snapshot is neither waited for nor aborted", async () => {
  await open({ callbackTimeoutMs: 3_600_000 });
  const { world } = metal;
  world.faults.add({ match: { action: "snapshot", times: 9 }, then: { effect: "ramdiskSilent" } });
  const holder = world.images.create(metal.cloud.projectId, { name: "theirs" });
  world.bareMetal.conductor.provision(metal.node("master0"), "snapshot", holder.id);
  await metal.cloud.until("it to wait", () => metal.states()["master0"]?.includes("wait") ?? false);
  const { message } = await expectUntouched(metal.cloud, () =>
    failureOf(metal.cloud.capture(metal.inputs())),
  );
  expect(message).toContain("is snapshot wait, which this capture has not asked for");
  expect(metal.states()["master0"]).toContain("snapshot wait");
});

test("machines that ran since their image was made are captured anew", async () => {
  await open();
  const refused = { status: 400, body: "not now" };
  const clear = metal.world.faults.add({
    match: {
      service: "image",
      action: "updateImage",
      name: "hotstack-controller-snapshot-metal001",
    },
    then: refused,
  });
  const inputs = metal.inputs({ onFailure: "keep" });
  const { kept } = await failureOf(metal.cloud.capture(inputs));
  clear();
  if (kept === undefined) throw new Error("nothing was kept");
  metal.world.bareMetal.conductor.power.request(metal.node("master0"), "rack-master0", "power on");
  await metal.cloud.until("it to run", () => metal.guest("master0").state === "running");
  const { progress } = await metal.cloud.resume(kept, inputs);
  expect(progress.timings.find(({ name }) => name === "adopt")?.evidence).toContain(
    "made anew because node rack-master0",
  );
  expect(metal.asked("setProvisionState snapshot")).toBe(3);
});

test("a machine whose system does not shut down in time has its power cut, and is said to be forced", async () => {
  await open();
  await metal.powerOff("master1");
  metal.guest("master0").ignoresAcpi = true;
  await metal.cloud.capture(metal.inputs({ shutdownTimeout: 200 }));
  const { members } = metal.cloud.manifestOf("metal001");
  expect(members.find(({ name }) => name === "master0")?.stop).toBe("forced");
  expect(metal.asked("setPowerState power off")).toBe(1);
  expect(metal.states()).toEqual(atRest);
});

test("a machine whose system was still starting when it was asked is asked again, not cut off", async () => {
  await open();
  metal.guest("master0").state = "booting";
  const capture = metal.cloud.capture(metal.inputs());
  await metal.cloud.until("it to be given up once", () => metal.node("master0").lastError !== null);
  metal.guest("master0").state = "running";
  await capture;
  const { members } = metal.cloud.manifestOf("metal001");
  expect(members.map(({ stop }) => stop)).toEqual(["graceful", "graceful", "graceful"]);
  expect(metal.asked("setPowerState power off")).toBe(0);
});

test("hardware that cannot ask its system has its power cut", async () => {
  await open();
  const fault = { error_message: '{"faultcode": "Client", "faultstring": "not supported"}' };
  metal.world.faults.add({
    match: { service: "baremetal", action: "setPowerState soft power off", times: 99 },
    then: { status: 400, body: fault },
  });
  await metal.cloud.capture(metal.inputs());
  expect(metal.asked("setPowerState power off")).toBe(2);
  expect(metal.cloud.manifestOf("metal001").members.map(({ stop }) => stop)).toEqual([
    "graceful",
    "forced",
    "forced",
  ]);
});

test("consistency crash powers nothing off, and says what the images are worth", async () => {
  await open();
  await metal.cloud.capture(metal.inputs({ consistency: "crash" }));
  const { members } = metal.cloud.manifestOf("metal001");
  expect(members.map(({ stop, indications }) => [stop, indications])).toEqual([
    ["running", ["Online", "NoGuestAgent"]],
    ["forced", ["NoGuestAgent"]],
    ["forced", ["NoGuestAgent"]],
  ]);
  expect(metal.changes().filter((it) => it.startsWith("setPowerState"))).toEqual([]);
  expect(metal.states()).toEqual(asBefore);
});

test("afterCapture resume powers on what the capture has powered off", async () => {
  await open();
  await metal.cloud.capture(metal.inputs({ afterCapture: "resume" }));
  expect(metal.states()).toEqual(asBefore);
});

test("deleting a set removes its images and leaves its machines alone", async () => {
  await open();
  const kept = await metal.cloud.capture(metal.inputs());
  metal.world.requests.clear();
  await metal.cloud.remove(kept);
  expect(metal.cloud.leftovers("metal001")).toEqual([]);
  expect(metal.changes()).toEqual([]);
});
