import { reference, condition, refusal, type KubeVirtCalls } from "./KubeVirtCalls";

const mongo = { rootdisk: { "/var/lib/mongo/parks.bson": "yosemite" } };

/** VirtualMachineSnapshot and its content. */
export function snapshotChecks(on: () => KubeVirtCalls): void {
  test("offline: a snapshot of a stopped machine succeeds without indications", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "off", runStrategy: "Halted" });
    expect((await kube.snapshot("off-1", "off")).status).toBe(201);
    const snapshot = await kube.readySnapshot("off-1");
    expect(snapshot.status).toMatchObject({
      phase: "Succeeded",
      readyToUse: true,
      sourceUID: (await kube.vm("off")).metadata.uid,
      snapshotVolumes: { includedVolumes: ["rootdisk"], excludedVolumes: ["cloudinitdisk"] },
    });
    expect(snapshot.status).not.toHaveProperty("indications");
    expect(condition(snapshot, "Ready")).toBe("True: Ready");
    expect(condition(snapshot, "Progressing")).toBe("False: Operation complete");
  });

  test("online with the agent: frozen before, thawed after, and the indications say so", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "agent" });
    const guest = kube.kubevirt.guest("agent");
    await guest.write("/var/lib/mongo/journal", "in memory", { isSynced: false });
    const endHang = kube.kubevirt.setFault({
      effect: "volumeSnapshotHangs",
      name: "agent-rootdisk",
    });
    await kube.snapshot("agent-1", "agent");
    await kube.kubevirt.until("the guest to be frozen", async () => {
      const { status } = await kube.instance("agent");
      if (status?.fsFreezeStatus !== "frozen") throw new Error("it is thawed");
    });
    expect(await guest.isFrozen()).toBe(true);
    await guest.write("/var/lib/mongo/later", "after the cut");
    expect(await guest.files()).not.toHaveProperty(["/var/lib/mongo/later"]);
    endHang();
    const { status } = await kube.readySnapshot("agent-1");
    expect(status?.indications).toEqual(["GuestAgent", "Online"]);
    expect(status?.sourceIndications).toEqual([
      {
        indication: "GuestAgent",
        message:
          "Guest agent was active and attempted to quiesce the filesystem for application consistency.",
      },
      {
        indication: "Online",
        message:
          "Snapshot taken while the VM was running. Consistency depends on guest-agent quiescing.",
      },
    ]);
    expect(await guest.isFrozen()).toBe(false);
    expect(await guest.files()).toMatchObject({ "/var/lib/mongo/later": "after the cut" });
  });

  test("online without the agent: best effort, and the indication NoGuestAgent", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "plain", hasAgent: false });
    await kube.snapshot("plain-1", "plain");
    const { status } = await kube.readySnapshot("plain-1");
    expect(status?.indications).toEqual(["NoGuestAgent", "Online"]);
  });

  test("a guest that thaws too early leaves the indication QuiesceTimeout", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "windows" });
    const end = kube.kubevirt.setFault({ effect: "freezeTimesOut", name: "windows" });
    await kube.snapshot("windows-1", "windows");
    const { status } = await kube.readySnapshot("windows-1");
    end();
    expect(status?.indications).toEqual(["GuestAgent", "Online", "QuiesceTimeout"]);
  });

  test("a paused machine is not frozen, and the indication is Paused", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "paused" });
    await kube.act("virtualmachineinstances", "paused", "pause", {});
    await kube.vmThat("paused", ({ status }) => status?.printableStatus === "Paused");
    await kube.snapshot("paused-1", "paused");
    const { status } = await kube.readySnapshot("paused-1");
    expect(status?.indications).toEqual(["Online", "Paused"]);
  });

  test("an agent that does not freeze: the error is in the status, and the deadline ends it", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "unfrozen" });
    const end = kube.kubevirt.setFault({ effect: "freezeFails", name: "unfrozen" });
    await kube.snapshot("unfrozen-1", "unfrozen", { failureDeadline: "4s" });
    const seen = await kube.snapshotThat("unfrozen-1", ({ status }) => status?.error !== undefined);
    expect(seen.status?.error?.message).toMatch(/unable to execute QEMU agent command/);
    expect(condition(seen, "Progressing")).toBe("False: In error state");
    const failed = await kube.snapshotThat(
      "unfrozen-1",
      ({ status }) => status?.phase === "Failed",
    );
    end();
    expect(condition(failed, "Failure")).toBe("True: snapshot deadline exceeded");
    expect(failed.status?.readyToUse).toBe(false);
  });

  test("the content is bound 1:1, and has a copy of the specification, the metadata and each volume", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({
      name: "copied",
      runStrategy: "Halted",
      labels: { app: "parks" },
      volumes: { rootdisk: "dataVolume", data: "persistentVolumeClaim", seed: "cloudInitNoCloud" },
    });
    await kube.snapshot("copied-1", "copied");
    const snapshot = await kube.readySnapshot("copied-1");
    const content = await kube.contentOf(snapshot);
    const vm = await kube.vm("copied");
    expect(content.metadata.name).toBe(`vmsnapshot-content-${snapshot.metadata.uid ?? ""}`);
    expect(content.spec.virtualMachineSnapshotName).toBe("copied-1");
    expect(content.spec.source.virtualMachine.spec).toEqual(vm.spec);
    expect(content.spec.source.virtualMachine.metadata).toMatchObject({
      name: "copied",
      uid: vm.metadata.uid,
      labels: { app: "parks" },
    });
    expect(content.spec.volumeBackups?.map((it) => it.volumeName)).toEqual(["rootdisk", "data"]);
    expect(content.spec.volumeBackups?.[1]?.persistentVolumeClaim.metadata.name).toBe(
      "copied-data",
    );
    expect(content.status?.volumeSnapshotStatus).toHaveLength(2);
    const cuts = await kube.kubevirt.list("volumesnapshots");
    const own = cuts.filter(
      ({ metadata }) => metadata.labels?.["snapshot.kubevirt.io/source-vm-name"] === "copied",
    );
    expect(own.map((it) => it.metadata["ownerReferences"])).toEqual([
      [expect.objectContaining({ uid: content.metadata.uid })],
      [expect.objectContaining({ uid: content.metadata.uid })],
    ]);
  });

  test("disks that cannot be included are named on the machine, with the reason", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({
      name: "hostpath",
      runStrategy: "Halted",
      storageClassName: "hostpath",
      volumes: { rootdisk: "dataVolume", cloudinitdisk: "cloudInitNoCloud" },
    });
    const vm = await kube.stoppedVm("hostpath");
    expect(vm.status?.volumeSnapshotStatuses).toEqual([
      {
        name: "rootdisk",
        enabled: false,
        reason:
          "No VolumeSnapshotClass: Volume snapshots are not configured for this StorageClass [hostpath] [rootdisk]",
      },
      {
        name: "cloudinitdisk",
        enabled: false,
        reason: "Snapshot is not supported for this volumeSource type [cloudinitdisk]",
      },
    ]);
    await kube.snapshot("hostpath-1", "hostpath");
    const { status } = await kube.readySnapshot("hostpath-1");
    expect(status?.indications).toEqual(["PartialSnapshot"]);
    expect(status?.snapshotVolumes).toEqual({ excludedVolumes: ["rootdisk", "cloudinitdisk"] });
  });

  test("snapshots cannot be changed after creation: 422, but for labels and annotations", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "fixed", runStrategy: "Halted" });
    await kube.snapshot("fixed-1", "fixed");
    await kube.readySnapshot("fixed-1");
    const changed = await kube.merge("virtualmachinesnapshots", "fixed-1", {
      spec: { deletionPolicy: "Retain" },
    });
    expect(refusal(changed)).toEqual({
      status: 422,
      message:
        'admission webhook "virtualmachinesnapshot-validator.snapshot.kubevirt.io" denied the request: spec in immutable after creation',
    });
    const metadata = { labels: { set: "a1" }, annotations: { description: "before the upgrade" } };
    const labelled = await kube.merge("virtualmachinesnapshots", "fixed-1", { metadata });
    expect(labelled).toMatchObject({ status: 200, body: { metadata } });
  });

  test("a status sent with the object is left out silently", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "sly", runStrategy: "Halted" });
    const path = kube.path("virtualmachinesnapshots");
    const end = kube.kubevirt.setFault({ effect: "controllerDown" });
    const made = await kube.kubevirt.call("POST", path, {
      apiVersion: "snapshot.kubevirt.io/v1beta1",
      kind: "VirtualMachineSnapshot",
      metadata: { name: "sly-1" },
      spec: { source: reference("sly") },
      status: { readyToUse: true },
    });
    const patched = await kube.merge("virtualmachinesnapshots", "sly-1", {
      status: { readyToUse: true },
    });
    expect(made.status).toBe(201);
    expect(patched.status).toBe(200);
    expect(made.body).not.toHaveProperty("status");
    expect(patched.body).not.toHaveProperty("status");
    end();
    expect((await kube.readySnapshot("sly-1")).status?.phase).toBe("Succeeded");
  });

  test("the source must name a VirtualMachine of kubevirt.io", async () => {
    const kube = on();
    const named = (source: object) =>
      kube.create("virtualmachinesnapshots", "VirtualMachineSnapshot", "odd", { source });
    const denied =
      'admission webhook "virtualmachinesnapshot-validator.snapshot.kubevirt.io" denied the request: ';
    const answers = await Promise.all([
      named({ kind: "VirtualMachine", name: "x" }),
      named({ ...reference("x"), apiGroup: "apps" }),
      named({ ...reference("x"), kind: "Pod" }),
    ]);
    expect(answers.map(refusal)).toEqual([
      { status: 422, message: `${denied}missing apiGroup` },
      { status: 422, message: `${denied}invalid apiGroup` },
      { status: 422, message: `${denied}invalid kind` },
    ]);
    const { status, message } = refusal(
      await named({ apiGroup: "kubevirt.io", kind: "VirtualMachine" }),
    );
    expect({ status, message }).toEqual({
      status: 422,
      message:
        'VirtualMachineSnapshot.snapshot.kubevirt.io "odd" is invalid: spec.source.name: Required value',
    });
  });

  test("a volume's snapshot that fails: its error is the snapshot's, and the deadline lets go of the machine", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "full", files: mongo });
    const end = kube.kubevirt.setFault({ effect: "volumeSnapshotFails", name: "full-rootdisk" });
    await kube.snapshot("full-1", "full", { failureDeadline: "4s" });
    const seen = await kube.snapshotThat("full-1", ({ status }) => status?.error !== undefined);
    expect(seen.status?.error?.message).toMatch(
      /^VolumeSnapshot vmsnapshot-\S+-volume-rootdisk error: .*no space left/,
    );
    const failed = await kube.snapshotThat("full-1", ({ status }) => status?.phase === "Failed");
    end();
    expect(condition(failed, "Ready")).toBe("False: Not ready");
    const vm = await kube.vmThat("full", ({ status }) => status?.snapshotInProgress === undefined);
    expect(vm.metadata.finalizers).not.toContain("snapshot.kubevirt.io/snapshot-source-protection");
    expect(await kube.kubevirt.guest("full").isFrozen()).toBe(false);
  });

  test("a volume's snapshot that is never cut: failureDeadline makes it Failed, and the guest thaws", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "hung" });
    const end = kube.kubevirt.setFault({ effect: "volumeSnapshotHangs", name: "hung-rootdisk" });
    await kube.snapshot("hung-1", "hung", { failureDeadline: "3s" });
    const failed = await kube.snapshotThat("hung-1", ({ status }) => status?.phase === "Failed");
    expect(condition(failed, "Failure")).toBe("True: snapshot deadline exceeded");
    await kube.kubevirt.until("the guest to be thawed", async () => {
      if (await kube.kubevirt.guest("hung").isFrozen()) throw new Error("it is frozen");
    });
    end();
  });

  test("one that is cut and never ready has succeeded, and cannot be used", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "slow", runStrategy: "Halted" });
    const end = kube.kubevirt.setFault({
      effect: "volumeSnapshotNeverReady",
      name: "slow-rootdisk",
    });
    await kube.snapshot("slow-1", "slow");
    const cut = await kube.snapshotThat("slow-1", ({ status }) => status?.phase === "Succeeded");
    expect(cut.status?.readyToUse).toBe(false);
    end();
    await kube.readySnapshot("slow-1");
  });

  test("one snapshot of a machine at a time: the second waits for the first", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "busy", runStrategy: "Halted" });
    const end = kube.kubevirt.setFault({ effect: "volumeSnapshotHangs", name: "busy-rootdisk" });
    await kube.snapshot("busy-1", "busy");
    await kube.vmThat("busy", ({ status }) => status?.snapshotInProgress === "busy-1");
    await kube.snapshot("busy-2", "busy");
    const waiting = await kube.snapshotThat(
      "busy-2",
      (it) => condition(it, "Progressing") !== undefined,
    );
    expect(condition(waiting, "Progressing")).toBe(
      'False: Source not locked snapshot "busy-1" in progress',
    );
    const power = await kube.merge("virtualmachines", "busy", { spec: { runStrategy: "Always" } });
    expect(refusal(power)).toEqual({
      status: 422,
      message:
        'admission webhook "virtualmachine-validator.kubevirt.io" denied the request: Cannot update vm running state until snapshot "busy-1" completes',
    });
    end();
    await Promise.all([kube.readySnapshot("busy-1"), kube.readySnapshot("busy-2")]);
  });

  test("of a machine that does not exist: InProgress, and says so", async () => {
    const kube = on();
    await kube.snapshot("nobody-1", "nobody");
    const seen = await kube.snapshotThat(
      "nobody-1",
      (it) => condition(it, "Progressing") !== undefined,
    );
    expect(condition(seen, "Progressing")).toBe("False: Source does not exist");
    expect(seen.status?.phase).toBe("InProgress");
    await kube.remove("virtualmachinesnapshots", "nobody-1");
    await kube.gone("virtualmachinesnapshots", "nobody-1");
  });

  test("deleting a snapshot deletes its content; with Retain the content stays", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "kept", runStrategy: "Halted" });
    await kube.snapshot("kept-1", "kept");
    const first = await kube.readySnapshot("kept-1");
    await kube.snapshot("kept-2", "kept", { deletionPolicy: "Retain" });
    const second = await kube.readySnapshot("kept-2");
    await kube.remove("virtualmachinesnapshots", "kept-1");
    await kube.remove("virtualmachinesnapshots", "kept-2");
    await kube.gone("virtualmachinesnapshots", "kept-1");
    await kube.gone("virtualmachinesnapshots", "kept-2");
    const nameOf = (it: typeof first) => it.status?.virtualMachineSnapshotContentName ?? "";
    await kube.gone("virtualmachinesnapshotcontents", nameOf(first));
    const left = await kube.get("virtualmachinesnapshotcontents", nameOf(second));
    expect(left).toMatchObject({ status: { readyToUse: true } });
  });

  test("deleting one that is being taken: Deleting, then gone, and the machine is free", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "dropped" });
    const end = kube.kubevirt.setFault({ effect: "volumeSnapshotHangs", name: "dropped-rootdisk" });
    await kube.snapshot("dropped-1", "dropped");
    await kube.vmThat("dropped", ({ status }) => status?.snapshotInProgress === "dropped-1");
    await kube.remove("virtualmachinesnapshots", "dropped-1");
    await kube.gone("virtualmachinesnapshots", "dropped-1");
    end();
    const vm = await kube.vm("dropped");
    expect(vm.status).not.toHaveProperty("snapshotInProgress");
    expect(await kube.kubevirt.guest("dropped").isFrozen()).toBe(false);
  });

  test("a volume's snapshot that is deleted by somebody: the snapshot is not ready, and names it", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "lost", runStrategy: "Halted" });
    await kube.snapshot("lost-1", "lost");
    const content = await kube.contentOf(await kube.readySnapshot("lost-1"));
    const name = content.spec.volumeBackups?.[0]?.volumeSnapshotName ?? "";
    const cuts = kube.path("volumesnapshots", name, "snapshot.storage.k8s.io/v1");
    await kube.kubevirt.call("DELETE", cuts);
    const seen = await kube.snapshotThat("lost-1", ({ status }) => status?.readyToUse === false);
    expect(seen.status?.error?.message).toBe(`VolumeSnapshots (${name}) missing`);
    expect(seen.status?.phase).toBe("Succeeded");
  });

  test("without a controller an object stays without a status", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "alone", runStrategy: "Halted" });
    const end = kube.kubevirt.setFault({ effect: "controllerDown" });
    await kube.snapshot("alone-1", "alone");
    await kube.kubevirt.clock.sleep(1500);
    expect(await kube.get("virtualmachinesnapshots", "alone-1")).not.toHaveProperty("status");
    end();
    await kube.readySnapshot("alone-1");
  });
}
