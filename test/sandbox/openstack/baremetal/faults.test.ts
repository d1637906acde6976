import type { Effect } from "../../../../sandbox/world/faults";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { BareMetalLab } from "../../BareMetalLab";

describe("what can go wrong with a snapshot", () => {
  let lab: BareMetalLab;
  afterEach(() => lab.close());

  const fault = (effect: Effect, action = "snapshot") =>
    lab.world.faults.add({ match: { action, name: "bm-0", nth: 1 }, then: { effect } });
  const leftInStore = () => {
    const store = join(dirname(dirname(lab.disk().path)), "snapshots");
    return existsSync(store) ? readdirSync(store) : [];
  };

  const cases: [string, Effect, RegExp][] = [
    ["qemu-img fails", "convertFails", /qemu-img convert failed: .*Could not open.*unreadable/],
    [
      "the store is full",
      "storeFull",
      /storage answered PUT with 507: The intermediate storage has no room/,
    ],
    [
      "the connection is cut in mid-stream",
      "connectionCut",
      /PUT to the storage at 127\.0\.0\.1:\d+ failed: (EPIPE|ECONNRESET)/,
    ],
    [
      "the data could be tampered with on the way",
      "streamTampered",
      /answered PUT with 400: The content's sha-256 is [0-9a-f]{64}, not [0-9a-f]{64}\./,
    ],
    [
      "the data could be tampered with in the intermediate storage",
      "storeTampered",
      /The intermediate image was altered: its sha-256 is/,
    ],
    [
      "the upload to the Image service fails",
      "imageUploadFails",
      /The Image service did not take the image: 500/,
    ],
  ];

  it.each(cases)("%s: snapshot failed, and nothing is left", async (_what, effect, reason) => {
    lab = await BareMetalLab.open();
    const disarm = fault(effect);
    const image = await lab.beginSnapshot();
    await lab.settled("snapshot failed");
    expect(lab.node().lastError).toMatch(new RegExp(`^Failed to snapshot: .*${reason.source}`));
    expect(lab.node().lastError).not.toMatch(/:\/\/[^/]*@/);
    expect(lab.image(image)).toMatchObject({ status: "queued", size: null });
    expect(leftInStore()).toEqual([]);
    lab.world.clock.advance(20_000);
    expect([lab.machine().guest?.state, lab.node().powerState]).toEqual(["running", "power on"]);
    disarm();
    await lab.provision("bm-0", "snapshot", { image_ref: image });
    await lab.settled("active");
    expect(lab.image(image).status).toBe("active");
  });

  it("the ramdisk never calls: snapshot failed when the wait is over, the machine is given back", async () => {
    lab = await BareMetalLab.open(undefined, { callbackTimeoutMs: 120_000 });
    fault("ramdiskSilent");
    const began = lab.world.clock.now().getTime();
    const image = await lab.beginSnapshot();
    await lab.settled("snapshot failed");
    expect(lab.world.clock.now().getTime() - began).toBeLessThan(130_000);
    expect(lab.node().lastError).toMatch(/^Timeout reached while waiting for callback for node/);
    expect([lab.machine().bootDevice, lab.machine().isOn]).toEqual(["disk", true]);
    expect(lab.image(image).status).toBe("queued");
  });

  it("no root device fits", async () => {
    lab = await BareMetalLab.open([
      {
        name: "bm-0",
        image: "hotstack-controller",
        rootDevice: { serial: "ONE" },
        disks: [{ sizeGib: 5, serial: "one" }],
      },
    ]);
    await lab.send("PATCH", "/nodes/bm-0", [
      { op: "replace", path: "/properties/root_device/serial", value: "two" },
    ]);
    await lab.beginSnapshot();
    await lab.settled("snapshot failed");
    expect(lab.node().lastError).toBe(
      'Failed to snapshot: No suitable device was found for deployment using these hints {"serial":"two"}',
    );
  });

  it("the store holds only so much in all", async () => {
    lab = await BareMetalLab.open(undefined, { storeBytes: 100_000 });
    await lab.beginSnapshot();
    await lab.settled("snapshot failed");
    expect(lab.node().lastError).toContain("507");
  });

  it("the image is deleted meanwhile", async () => {
    lab = await BareMetalLab.open();
    const image = await lab.beginSnapshot();
    await lab.settled("snapshot wait");
    lab.world.images.remove(image);
    await lab.settled("snapshot failed");
    expect(lab.node().lastError).toBe(`Failed to snapshot: Image ${image} could not be found.`);
  });

  it("the image has no formats: Glance takes no data for it", async () => {
    lab = await BareMetalLab.open();
    const image = await lab.holder({ disk_format: null });
    await lab.provision("bm-0", "snapshot", { image_ref: image });
    await lab.settled("snapshot failed");
    expect(lab.node().lastError).toContain(
      "Property disk_format must be set prior to saving data.",
    );
  });

  const steps = ["prepare", "netboot", "stream_image", "upload", "remove_intermediate", "clean_up"];

  it.each(steps)(
    "the conductor is restarted before the step %s: snapshot failed, and abort gives the machine back",
    async (step) => {
      lab = await BareMetalLab.open();
      fault("conductorRestarts", `snapshot.${step}`);
      const image = await lab.beginSnapshot();
      await lab.settled("snapshot failed");
      expect(lab.node().lastError).toBe(
        "The snapshotting state can't be resumed by conductor sandbox-conductor. Moving to fail state.",
      );
      const isUploaded = ["remove_intermediate", "clean_up"].includes(step);
      expect(lab.image(image).status).toBe(isUploaded ? "active" : "queued");
      // Nobody has cleaned up: things are as the conductor left them.
      expect(lab.machine().bootDevice).toBe(step === "prepare" ? "disk" : "pxe");
      expect(leftInStore()).toHaveLength(["upload", "remove_intermediate"].includes(step) ? 1 : 0);
      await lab.provision("bm-0", "abort");
      await lab.settled("active");
      lab.world.clock.advance(20_000);
      expect([lab.machine().guest?.state, lab.machine().bootDevice]).toEqual(["running", "disk"]);
      expect(leftInStore()).toEqual([]);
      expect(lab.node().lastError).toBeNull();
    },
  );

  it.each(steps.slice(0, 4))(
    "a snapshot that a restart before %s ended can be triggered again",
    async (step) => {
      lab = await BareMetalLab.open();
      fault("conductorRestarts", `snapshot.${step}`);
      const image = await lab.beginSnapshot();
      await lab.settled("snapshot failed");
      expect((await lab.provision("bm-0", "snapshot", { image_ref: image })).status).toBe(202);
      await lab.settled("active");
      expect(lab.image(image).status).toBe("active");
      expect(lab.node().powerState).toBe("power on");
    },
  );

  it("the conductor is restarted during snapshot wait: it goes on when the ramdisk calls", async () => {
    lab = await BareMetalLab.open();
    const image = await lab.beginSnapshot();
    await lab.settled("snapshot wait");
    lab.world.bareMetal.restartConductor();
    expect(lab.state()).toBe("snapshot wait");
    await lab.settled("active");
    expect(lab.image(image).status).toBe("active");
  });

  it("the conductor is restarted while the data streams: nothing of that comes through later", async () => {
    lab = await BareMetalLab.open();
    const image = await lab.beginSnapshot();
    await lab.until(
      () => lab.world.bareMetal.tasks.isBusy && lab.state() === "snapshotting",
      "the transfer",
      () => lab.state(),
    );
    lab.world.bareMetal.restartConductor();
    expect(lab.state()).toBe("snapshot failed");
    await lab.world.bareMetal.idle();
    expect(lab.state()).toBe("snapshot failed");
    expect(lab.image(image).status).toBe("queued");
  });

  it("an HTTP answer is refused by script, in Ironic's own format", async () => {
    lab = await BareMetalLab.open();
    lab.world.faults.add({
      match: { service: "baremetal", action: "setProvisionState snapshot", name: "bm-0", nth: 1 },
      then: { status: 503 },
    });
    const image = await lab.holder();
    const refused = await lab.provision("bm-0", "snapshot", { image_ref: image });
    expect([refused.status, refused.body]).toEqual([
      503,
      {
        error_message:
          '{"faultcode": "Server", "faultstring": "The sandbox was told to answer 503.", "debuginfo": null}',
      },
    ]);
    expect((await lab.provision("bm-0", "snapshot", { image_ref: image })).status).toBe(202);
  });
});
