import { snapshotTransitions } from "../../../../sandbox/world/baremetal/states";
import { BareMetalLab } from "../../BareMetalLab";

/** How each transition of the specification comes about, by way of the API and the conductor. */
describe('the specification\'s table, "With following transitions"', () => {
  let lab: BareMetalLab;
  beforeEach(async () => {
    lab = await BareMetalLab.open();
  });
  afterEach(() => lab.close());

  const silence = (times = 1) => {
    lab.world.faults.add({
      match: { action: "snapshot", times },
      then: { effect: "ramdiskSilent" },
    });
  };
  const seen: string[] = [];
  const reach = async (state: string) => {
    seen.length = 0;
    await lab.until(
      () => {
        if (seen.at(-1) !== lab.state()) seen.push(lab.state());
        return lab.state() === state && lab.node().reservation === null;
      },
      state,
      () => seen.join(),
    );
  };
  const failed = async () => {
    lab.world.faults.add({
      match: { action: "snapshot", nth: 1 },
      then: { effect: "convertFails" },
    });
    const image = await lab.beginSnapshot();
    await reach("snapshot failed");
    return image;
  };
  const states = async () => (await lab.get("/nodes/bm-0/states")).body as Record<string, unknown>;
  const wires = () => lab.world.bareMetal.ports().map(({ internalInfo }) => internalInfo);

  it("active -> snapshotting (on snapshot) Prepare boot and network", async () => {
    expect(lab.state()).toBe("active");
    await lab.beginSnapshot();
    expect(await states()).toMatchObject({
      provision_state: "snapshotting",
      target_provision_state: "active",
      last_error: null,
    });
    await reach("snapshot wait");
    expect(wires()).toEqual([{ provisioning_vif_port_id: expect.any(String) as string }]);
    const device = await lab.get("/nodes/bm-0/management/boot_device");
    expect(device.body).toEqual({ boot_device: "pxe", persistent: false });
  });

  it("snapshotting -> snapshot failed (on fail) On error", async () => {
    await failed();
    expect(seen).toEqual(["snapshotting", "snapshot wait", "snapshotting", "snapshot failed"]);
    expect(await states()).toMatchObject({
      provision_state: "snapshot failed",
      target_provision_state: "active",
      last_error: expect.stringMatching(
        /^Failed to snapshot: qemu-img convert failed: .*Could not open/,
      ) as string,
    });
  });

  it("snapshotting -> snapshot wait (on wait) Wait for ramdisk alive", async () => {
    silence();
    await lab.beginSnapshot();
    await reach("snapshot wait");
    expect(seen).toEqual(["snapshotting", "snapshot wait"]);
    expect(await states()).toMatchObject({ target_provision_state: "active" });
    expect(lab.node().reservation).toBeNull();
    expect(lab.machine().guest?.state).toBe("off");
  });

  it("snapshot wait -> snapshotting (on resume) Image streaming and uploading", async () => {
    const image = await lab.beginSnapshot();
    await reach("snapshot wait");
    await lab.until(
      () => lab.state() === "snapshotting",
      "snapshotting",
      () => lab.state(),
    );
    expect(lab.node().reservation).toBe("sandbox-conductor");
    await reach("active");
    expect(lab.image(image).status).toBe("active");
  });

  it("snapshot wait -> snapshot failed (on fail) On timeout", async () => {
    silence();
    await lab.beginSnapshot();
    await reach("snapshot wait");
    const before = lab.world.clock.now().getTime();
    await reach("snapshot failed");
    expect(seen).toEqual(["snapshot wait", "snapshot failed"]);
    expect((lab.world.clock.now().getTime() - before) / 60_000).toBeCloseTo(30, 0);
    expect((await states())["last_error"]).toBe(
      `Timeout reached while waiting for callback for node ${lab.node().uuid}`,
    );
  });

  it("snapshot wait -> snapshot failed (on abort) On abort request", async () => {
    silence();
    await lab.beginSnapshot();
    await reach("snapshot wait");
    expect((await lab.provision("bm-0", "abort")).status).toBe(202);
    await reach("snapshot failed");
    expect((await states())["last_error"]).toBe("By request, the snapshot operation was aborted.");
  });

  it("snapshotting -> active (on done) Snapshot complete", async () => {
    await lab.beginSnapshot();
    await reach("active");
    expect(await states()).toMatchObject({
      provision_state: "active",
      target_provision_state: null,
      power_state: "power on",
      last_error: null,
    });
    expect(wires()).toEqual([{}]);
    expect(lab.machine().bootDevice).toBe("disk");
    expect(lab.node().driverInternalInfo).toEqual({ is_whole_disk_image: true });
  });

  it("snapshot failed -> active (on abort) Abort a failed snapshot", async () => {
    await failed();
    expect((await lab.provision("bm-0", "abort")).status).toBe(202);
    await reach("active");
    expect(await states()).toMatchObject({ target_provision_state: null, last_error: null });
    lab.world.clock.advance(20_000);
    expect([lab.machine().guest?.state, lab.bootCount()]).toEqual(["running", 2]);
  });

  it("snapshot failed -> snapshotting (on snapshot) Retrigger a failed snapshot", async () => {
    const image = await failed();
    const again = await lab.provision("bm-0", "snapshot", { image_ref: image });
    expect(again.status).toBe(202);
    expect(await states()).toMatchObject({ provision_state: "snapshotting", last_error: null });
    await reach("active");
    expect(lab.image(image).status).toBe("active");
  });

  it("snapshot wait -> deleting (on deleted) Abort snapshot and undeploy", async () => {
    silence();
    await lab.beginSnapshot();
    await reach("snapshot wait");
    expect((await lab.provision("bm-0", "deleted")).status).toBe(202);
    expect((await states())["provision_state"]).toBe("deleting");
    await reach("available");
    expect(seen).toEqual(["deleting", "cleaning", "available"]);
    expect([lab.machine().isOn, lab.machine().bootDevice, wires()]).toEqual([false, "disk", [{}]]);
    expect(lab.disk().read()).toBeUndefined();
  });

  it("snapshot failed -> deleting (on deleted) Abort and undeploy", async () => {
    await failed();
    expect((await lab.provision("bm-0", "deleted")).status).toBe(202);
    await reach("available");
    expect(seen).toEqual(["deleting", "cleaning", "available"]);
    expect(lab.disk().allocatedBytes).toBe(0);
  });

  it("leaves nothing else to ask for in the states of a snapshot", async () => {
    const targets = ["active", "rebuild", "deleted", "undeploy", "manage", "provide", "snapshot"];
    const others = [
      "abort",
      "rescue",
      "inspect",
      "clean",
      "adopt",
      "fail",
      "done",
      "wait",
      "resume",
    ];
    const verbs: Record<string, string> = { undeploy: "deleted" };
    silence(100);
    await lab.beginSnapshot();
    for (const from of ["snapshotting", "snapshot wait", "snapshot failed"]) {
      if (from !== "snapshotting") await reach(from);
      for (const target of [...targets, ...others]) {
        const isThere = snapshotTransitions.some(
          (it) => it.from === from && it.event === (verbs[target] ?? target),
        );
        const isApis = ["snapshot", "abort", "deleted", "undeploy"].includes(target);
        if (isThere && isApis) continue;
        const { status } = await lab.provision("bm-0", target, imageFor(target));
        const isReserved = from === "snapshotting" && !isThere;
        expect(`${from} ${target} ${status}`).toBe(`${from} ${target} ${isReserved ? 409 : 400}`);
        expect(lab.state()).toBe(from);
      }
    }
  });

  const imageFor = (target: string) =>
    target === "snapshot" ? { image_ref: "66498c26-a9b5-496c-97a8-5bc08f256155" } : {};
});
