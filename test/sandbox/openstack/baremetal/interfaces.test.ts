/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment -- raw answers are what is tested */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { snapshotInterfaceOf } from "../../../../sandbox/world/baremetal/snapshotInterfaces";
import { BareMetalLab, faultOf } from "../../BareMetalLab";

const run = promisify(execFile);
const unknownImage = "66498c26-a9b5-496c-97a8-5bc08f256155";

describe("asking for a snapshot", () => {
  let lab: BareMetalLab;
  beforeEach(async () => {
    lab = await BareMetalLab.open();
  });
  afterEach(() => lab.close());

  const ask = (more: object, headers: Record<string, string> = {}) =>
    lab.send("PUT", "/nodes/bm-0/states/provision", { target: "snapshot", ...more }, headers);

  it('"a new verb snapshot will be guarded by microversions": 406 below, 202 from it on', async () => {
    const image_ref = await lab.holder();
    const below = await ask({ image_ref }, { "x-openstack-ironic-api-version": "1.199" });
    expect([below.status, faultOf(below)]).toEqual([406, "Request not acceptable."]);
    const from = await ask({ image_ref }, { "x-openstack-ironic-api-version": "1.200" });
    expect([from.status, from.body]).toEqual([202, ""]);
    expect(from.headers.get("location")).toBe(
      `${lab.lab.sandbox.url}/baremetal/v1/nodes/bm-0/states`,
    );
  });

  it('"an image_ref argument is required"', async () => {
    for (const more of [{}, { image_ref: null }, { image_ref: " " }, { image_ref: 7 }]) {
      const refused = await ask(more);
      expect([refused.status, faultOf(refused)]).toEqual([
        400,
        'A non-empty "image_ref" is required when setting target provision state to snapshot',
      ]);
    }
    expect(lab.state()).toBe("active");
  });

  it('"image_ref could be an URL in other forms for standalone usage, but not covered"', async () => {
    for (const image_ref of ["http://10.10.1.1/x.qcow2", "file:///x", "glance://abc"]) {
      const refused = await ask({ image_ref });
      expect([refused.status, faultOf(refused)]).toEqual([
        400,
        'The "image_ref" is a URL. URLs are for standalone usage, which the specification does not cover: create an image in the Image service first, and name its UUID.',
      ]);
    }
    const neither = await ask({ image_ref: "holder" });
    expect([neither.status, faultOf(neither)]).toEqual([
      400,
      "Expected a UUID but received holder.",
    ]);
  });

  it('"the image should be precreated before snapshot request and acts as a holder"', async () => {
    const missing = await ask({ image_ref: unknownImage });
    expect([missing.status, faultOf(missing)]).toEqual([
      400,
      `Failed to validate snapshot of node ${lab.node().uuid}. Error: Image ${unknownImage} could not be found.`,
    ]);
    const image_ref = await lab.beginSnapshot();
    await lab.settled("active");
    const full = await ask({ image_ref });
    expect([full.status, faultOf(full)]).toEqual([
      400,
      `Failed to validate snapshot of node ${lab.node().uuid}. Error: Image ${image_ref} is active; only a queued image can receive a snapshot's data.`,
    ]);
    expect(lab.node().reservation).toBeNull();
  });

  it("names the image while a snapshot is under way, or failed", async () => {
    lab.world.faults.add({
      match: { action: "snapshot", nth: 1 },
      then: { effect: "convertFails" },
    });
    const image = await lab.beginSnapshot();
    const named = async () =>
      (await lab.get("/nodes/bm-0")).body.driver_internal_info.snapshot_image_ref as unknown;
    expect(await named()).toBe(image);
    await lab.settled("snapshot failed");
    expect(await named()).toBe(image);
    await lab.provision("bm-0", "abort");
    await lab.settled("active");
    expect(await named()).toBeUndefined();
  });

  it("has no image_ref for other targets", async () => {
    const refused = await lab.provision("bm-0", "deleted", { image_ref: unknownImage });
    expect([refused.status, faultOf(refused)]).toEqual([
      400,
      '"image_ref" is only valid when setting target provision state to snapshot',
    ]);
  });

  it("is a 400 in maintenance, and a 409 while a conductor works on the node", async () => {
    const image_ref = await lab.holder();
    await lab.send("PUT", "/nodes/bm-0/maintenance", { reason: "fan" });
    const maintained = await ask({ image_ref });
    expect([maintained.status, faultOf(maintained)]).toEqual([
      400,
      `The snapshotting operation can't be performed on node ${lab.node().uuid} because it's in maintenance mode.`,
    ]);
    await lab.send("DELETE", "/nodes/bm-0/maintenance");
    await lab.send("PUT", "/nodes/bm-0/states/power", { target: "power off" });
    const locked = await ask({ image_ref });
    expect([locked.status, faultOf(locked)]).toEqual([
      409,
      `Node ${lab.node().uuid} is locked by host sandbox-conductor, please retry after the current operation is completed.`,
    ]);
  });

  it("leaves the power as it was: a machine that was off is off again", async () => {
    await lab.send("PUT", "/nodes/bm-0/states/power", { target: "soft power off" });
    await lab.settled("active");
    expect(lab.machine().guest?.lastStopGraceful).toBe(true);
    await lab.beginSnapshot();
    await lab.settled("active");
    expect([lab.machine().isOn, lab.node().powerState]).toEqual([false, "power off"]);
  });

  it("waits with a node that is put into maintenance during snapshot wait", async () => {
    lab.world.faults.add({ match: { action: "snapshot" }, then: { effect: "ramdiskSilent" } });
    await lab.beginSnapshot();
    await lab.settled("snapshot wait");
    await lab.send("PUT", "/nodes/bm-0/maintenance");
    lab.world.clock.advance(2 * 3600_000);
    await lab.world.bareMetal.idle();
    expect(lab.state()).toBe("snapshot wait");
    await lab.send("DELETE", "/nodes/bm-0/maintenance");
    await lab.settled("snapshot failed");
  });
});

describe('"A new hardware interface snapshot_interface will be added"', () => {
  let lab: BareMetalLab;
  afterEach(() => lab.close());

  it("is shown of a node from the guarding microversion on, and can be changed", async () => {
    lab = await BareMetalLab.open();
    expect((await lab.get("/nodes/bm-0")).body.snapshot_interface).toBe("agent");
    const older = await lab.get("/nodes/bm-0", { "x-openstack-ironic-api-version": "1.199" });
    expect(older.body).not.toHaveProperty("snapshot_interface");
    const patch = [{ op: "replace", path: "/snapshot_interface", value: "no-snapshot" }];
    expect((await lab.send("PATCH", "/nodes/bm-0", patch)).body.snapshot_interface).toBe(
      "no-snapshot",
    );
    const bad = [{ op: "replace", path: "/snapshot_interface", value: "tape" }];
    expect((await lab.send("PATCH", "/nodes/bm-0", bad)).status).toBe(400);
    const { body } = await lab.get("/drivers/ipmi", { as: "admin" });
    expect(body).toMatchObject({
      default_snapshot_interface: "no-snapshot",
      enabled_snapshot_interfaces: ["fake", "no-snapshot", "agent"],
    });
  });

  it('"initially implements fake": active at once, without data', async () => {
    lab = await BareMetalLab.open([
      { name: "bm-0", image: "hotstack-controller", snapshotInterface: "fake" },
    ]);
    const image = await lab.beginSnapshot();
    await lab.settled("active");
    expect(lab.image(image).status).toBe("queued");
    expect([lab.bootCount(), lab.machine().guest?.state]).toEqual([1, "running"]);
  });

  it('"no-snapshot": the driver does not support it', async () => {
    lab = await BareMetalLab.open([
      { name: "bm-0", image: "hotstack-controller", snapshotInterface: "no-snapshot" },
    ]);
    const refused = await lab.provision("bm-0", "snapshot", { image_ref: await lab.holder() });
    expect([refused.status, faultOf(refused)]).toEqual([
      400,
      "Driver ipmi does not support snapshot (disabled or not implemented).",
    ]);
    expect([lab.state(), lab.node().reservation]).toEqual(["active", null]);
    expect((await lab.get("/nodes/bm-0/validate")).body.snapshot).toEqual({
      result: null,
      reason: "Driver ipmi does not support snapshot (disabled or not implemented).",
    });
  });

  it('"agent": IPA streams the data of the root disk to a remote storage', async () => {
    lab = await BareMetalLab.open([
      {
        name: "bm-0",
        image: "hotstack-controller",
        disks: [{ sizeGib: 2 }, { sizeGib: 6, model: "Other" }, { sizeGib: 5, model: "Root" }],
        rootDevice: { model: "root" },
      },
    ]);
    const image = await lab.beginSnapshot();
    await lab.settled("active");
    expect(lab.image(image).virtualSize).toBe(5 * 2 ** 30);
    await lab.withFile(image, async (path) => {
      const compare = (disk: string) =>
        run("qemu-img", ["compare", "-f", "qcow2", "-F", "raw", path, disk]);
      expect((await compare(lab.disk("bm-0", 2).path)).stdout).toBe("Images are identical.\n");
      await expect(compare(lab.disk("bm-0", 1).path)).rejects.toMatchObject({
        stdout: expect.stringMatching("mismatch|differ") as string,
      });
    });
  });

  it("has the operations snapshot, continue_snapshot and clean_up in each kind", async () => {
    lab = await BareMetalLab.open();
    const agent = {
      validate: jest.fn(),
      snapshot: jest.fn(),
      continueSnapshot: jest.fn(),
      cleanUp: jest.fn(),
    };
    for (const kind of ["fake", "no-snapshot", "agent"]) {
      lab.node().fields.snapshot_interface = kind;
      const it = snapshotInterfaceOf(lab.node(), agent);
      expect(Object.keys(it)).toEqual(Object.keys(agent));
      expect(it === agent).toBe(kind === "agent");
    }
  });
});
