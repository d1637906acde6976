import { condition, reference, refusal, type KubeVirtCalls } from "./KubeVirtCalls";

const parks = "/var/lib/mongo/parks.bson";
const mongo = { rootdisk: { [parks]: "yosemite" } };
const denied =
  'admission webhook "virtualmachinerestore-validator.snapshot.kubevirt.io" denied the request: ';

/** VirtualMachineRestore. */
export function restoreChecks(on: () => KubeVirtCalls): void {
  test("destroy database, power off, restore, start: its data are of the moment of the snapshot", async () => {
    const kube = on();
    const guest = kube.kubevirt.guest("mongodb");
    await kube.kubevirt.addVirtualMachine({ name: "mongodb", files: mongo });
    await kube.snapshot("mongodb-1", "mongodb");
    await kube.readySnapshot("mongodb-1");
    await guest.remove("/var/lib/mongo/");
    expect(await guest.files()).not.toHaveProperty([parks]);
    expect((await kube.act("virtualmachines", "mongodb", "stop", {})).status).toBe(202);
    const stopped = await kube.stoppedVm("mongodb");
    expect((await kube.restore("mongodb-back", "mongodb-1", "mongodb")).status).toBe(201);
    const restore = await kube.completeRestore("mongodb-back");
    const claim = `restore-${restore.metadata.uid ?? ""}-rootdisk`;
    expect(restore.status).toMatchObject({
      complete: true,
      restoreTime: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      deletedDataVolumes: ["mongodb-rootdisk"],
      restores: [{ volumeName: "rootdisk", persistentVolumeClaim: claim, dataVolumeName: claim }],
    });
    expect(condition(restore, "Ready")).toBe("True: Operation complete");
    expect(condition(restore, "Progressing")).toBe("False: Operation complete");
    expect((await kube.act("virtualmachines", "mongodb", "start", {})).status).toBe(202);
    const vm = await kube.runningVm("mongodb");
    expect(vm.metadata.uid).toBe(stopped.metadata.uid);
    expect(vm.status).not.toHaveProperty("restoreInProgress");
    expect(await guest.files()).toMatchObject({ [parks]: "yosemite" });
  });

  test("best effort: what a guest without an agent had in memory is not in the snapshot", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "memory", hasAgent: false });
    await kube.kubevirt.guest("memory").write("/journal", "unsynced", { isSynced: false });
    await kube.kubevirt.guest("memory").write("/table", "synced");
    await kube.snapshot("memory-1", "memory");
    await kube.readySnapshot("memory-1");
    await kube.restore("memory-back", "memory-1", "memory", {
      targetReadinessPolicy: "StopTarget",
    });
    await kube.completeRestore("memory-back");
    expect(await kube.kubevirt.guest("memory").files()).toEqual({ "/table": "synced" });
  });

  test("StopTarget stops the target; its specification is the snapshot's again", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "resized" });
    await kube.snapshot("resized-1", "resized");
    await kube.readySnapshot("resized-1");
    const larger = { template: { spec: { domain: { memory: { guest: "8Gi" } } } } };
    await kube.merge("virtualmachines", "resized", { spec: larger });
    await kube.restore("resized-back", "resized-1", "resized", {
      targetReadinessPolicy: "StopTarget",
    });
    await kube.completeRestore("resized-back");
    const { spec } = await kube.stoppedVm("resized");
    expect(spec.template.spec.domain["memory"]).toEqual({ guest: "2Gi" });
    expect(spec.runStrategy).toBe("Halted");
  });

  test("a restore can only be made to a powered off machine: FailImmediate fails at once", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "live" });
    await kube.snapshot("live-1", "live");
    await kube.readySnapshot("live-1");
    await kube.restore("live-back", "live-1", "live", { targetReadinessPolicy: "FailImmediate" });
    const failed = await kube.restoreThat(
      "live-back",
      (it) => condition(it, "Failure") !== undefined,
    );
    expect(condition(failed, "Failure")).toBe(
      "True: Restore target VMI must be powered off before restore operation",
    );
    expect(failed.status?.complete).toBe(false);
    const again = await kube.restore("live-again", "live-1", "live");
    expect(refusal(again)).toEqual({
      status: 422,
      message: `${denied}VirtualMachineRestore "live-back" in progress`,
    });
  });

  test("WaitEventually waits until the target is off; another restore of it is refused meanwhile", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "patient" });
    await kube.snapshot("patient-1", "patient");
    await kube.readySnapshot("patient-1");
    await kube.restore("patient-back", "patient-1", "patient", {
      targetReadinessPolicy: "WaitEventually",
    });
    const waiting = await kube.restoreThat(
      "patient-back",
      (it) => condition(it, "Ready")?.includes("powered off") === true,
    );
    expect(condition(waiting, "Progressing")).toBe(
      "False: Waiting for target VM to be powered off. Please stop the restore target to proceed with restore",
    );
    expect(refusal(await kube.restore("patient-too", "patient-1", "patient"))).toEqual({
      status: 422,
      message: `${denied}VirtualMachineRestore "patient-back" in progress`,
    });
    await kube.act("virtualmachines", "patient", "stop", {});
    await kube.completeRestore("patient-back");
  });

  test("WaitGracePeriod is the default, and fails when the target is not off in time", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "late" });
    await kube.snapshot("late-1", "late");
    await kube.readySnapshot("late-1");
    await kube.restore("late-back", "late-1", "late");
    const failed = await kube.restoreThat(
      "late-back",
      (it) => condition(it, "Failure") !== undefined,
    );
    expect(condition(failed, "Failure")).toMatch(
      /^True: Restore target failed to be ready within .*\. Please power off the target VM before attempting restore$/,
    );
    expect(failed.spec.targetReadinessPolicy ?? "WaitGracePeriod").toBe("WaitGracePeriod");
  });

  test("into a new machine with another name and MAC, with data and firmware of its own", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "origin", files: mongo });
    await kube.snapshot("origin-1", "origin");
    await kube.readySnapshot("origin-1");
    const replace = (path: string, value: string) =>
      `{"op": "replace", "path": "/spec/template/spec/domain/${path}", "value": "${value}"}`;
    const colons = await kube.restore("origin-colons", "origin-1", "copy", {
      patches: [replace("devices/interfaces/0/macAddress", "02:00:00:00:00:99")],
    });
    expect(refusal(colons)).toEqual({
      status: 422,
      message: `${denied}patch format is not valid - one ":" expected in a single key-value json patch:  "value": "02:00:00:00:00:99"`,
    });
    await kube.restore("origin-copy", "origin-1", "copy", {
      patches: [
        replace("devices/interfaces/0/macAddress", "02-00-00-00-00-99"),
        replace("firmware/uuid", ""),
      ],
    });
    await kube.completeRestore("origin-copy");
    const [origin, copy] = [await kube.vm("origin"), await kube.stoppedVm("copy")];
    const uuidOf = ({ spec }: typeof copy) =>
      (spec.template.spec.domain["firmware"] as { uuid: string }).uuid;
    expect(copy.spec.template.spec.domain.devices.interfaces).toEqual([
      expect.objectContaining({ macAddress: "02-00-00-00-00-99" }),
    ]);
    expect(uuidOf(copy)).toMatch(/^[0-9a-f-]{36}$/);
    expect(uuidOf(copy)).not.toBe(uuidOf(origin));
    await kube.act("virtualmachines", "copy", "start", {});
    await kube.runningVm("copy");
    expect(await kube.kubevirt.guest("copy").files()).toMatchObject({ [parks]: "yosemite" });
    await kube.kubevirt.guest("copy").remove(parks);
    expect(await kube.kubevirt.guest("origin").files()).toMatchObject({ [parks]: "yosemite" });
  });

  test("patches are for /spec/, labels and annotations", async () => {
    const kube = on();
    const patches = ['{"op": "replace", "path": "/metadata/name", "value": "x"}'];
    expect(refusal(await kube.restore("renamed", "none", "none", { patches }))).toEqual({
      status: 422,
      message: `${denied}patching is valid only for elements under /spec/ only:  "path": "/metadata/name"`,
    });
  });

  test("to a machine that exists and is not the source: it says so and does nothing", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "one", runStrategy: "Halted" });
    await kube.kubevirt.addVirtualMachine({ name: "two", runStrategy: "Halted" });
    await kube.snapshot("one-1", "one");
    await kube.readySnapshot("one-1");
    await kube.restore("one-to-two", "one-1", "two");
    const seen = await kube.restoreThat(
      "one-to-two",
      (it) => condition(it, "Ready")?.includes("source") === true,
    );
    expect(condition(seen, "Progressing")).toBe(
      "False: restore source and restore target are different but restore target already exists",
    );
  });

  test("from a snapshot that is not there or has failed: it says so and waits", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "hopeful", runStrategy: "Halted" });
    const reasonOf = async (name: string) => {
      const isSaid = (text = "") => text.includes("VMSnapshot");
      return condition(
        await kube.restoreThat(name, (it) => isSaid(condition(it, "Ready"))),
        "Ready",
      );
    };
    await kube.restore("from-none", "none", "hopeful");
    expect(await reasonOf("from-none")).toBe("False: VMSnapshot default/none does not exist");
    await kube.remove("virtualmachinerestores", "from-none");
    await kube.gone("virtualmachinerestores", "from-none");
    const end = kube.kubevirt.setFault({ effect: "volumeSnapshotHangs", name: "hopeful-rootdisk" });
    await kube.snapshot("hopeful-1", "hopeful", { failureDeadline: "2s" });
    await kube.snapshotThat("hopeful-1", ({ status }) => status?.phase === "Failed");
    end();
    await kube.restore("from-failed", "hopeful-1", "hopeful");
    expect(await reasonOf("from-failed")).toBe(
      "False: VMSnapshot default/hopeful-1 failed and is invalid to use",
    );
  });

  test("while it goes on the target keeps its run strategy; a restore that hangs can be deleted", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "stuck", runStrategy: "Halted" });
    await kube.snapshot("stuck-1", "stuck");
    await kube.readySnapshot("stuck-1");
    const end = kube.kubevirt.setFault({ effect: "restoreFails", name: "stuck-back" });
    await kube.restore("stuck-back", "stuck-1", "stuck");
    const seen = await kube.restoreThat(
      "stuck-back",
      (it) => condition(it, "Ready")?.includes("PVCs") === true,
    );
    expect(condition(seen, "Progressing")).toBe("True: Creating new PVCs");
    await kube.vmThat("stuck", ({ status }) => status?.restoreInProgress === "stuck-back");
    const power = await kube.merge("virtualmachines", "stuck", { spec: { runStrategy: "Always" } });
    expect(refusal(power)).toEqual({
      status: 422,
      message:
        'admission webhook "virtualmachine-validator.kubevirt.io" denied the request: Cannot update VM runStrategy until restore "stuck-back" completes',
    });
    await kube.remove("virtualmachinerestores", "stuck-back");
    await kube.gone("virtualmachinerestores", "stuck-back");
    end();
    expect((await kube.vm("stuck")).status).not.toHaveProperty("restoreInProgress");
  });

  test("in place, the volumes keep their names", async () => {
    const kube = on();
    await kube.kubevirt.addVirtualMachine({ name: "placed", files: mongo });
    await kube.snapshot("placed-1", "placed");
    await kube.readySnapshot("placed-1");
    await kube.kubevirt.guest("placed").remove(parks);
    await kube.restore("placed-back", "placed-1", "placed", {
      targetReadinessPolicy: "StopTarget",
      volumeRestorePolicy: "InPlace",
    });
    const { status } = await kube.completeRestore("placed-back");
    expect(status?.restores?.[0]?.persistentVolumeClaim).toBe("placed-rootdisk");
    expect(await kube.kubevirt.guest("placed").files()).toMatchObject({ [parks]: "yosemite" });
  });

  test("a policy that there is not is refused by the schema, with those that there are", async () => {
    const kube = on();
    const spec = {
      target: reference("x"),
      virtualMachineSnapshotName: "x",
      targetReadinessPolicy: "Hope",
    };
    const answer = await kube.create(
      "virtualmachinerestores",
      "VirtualMachineRestore",
      "odd",
      spec,
    );
    expect(refusal(answer)).toEqual({
      status: 422,
      message:
        'VirtualMachineRestore.snapshot.kubevirt.io "odd" is invalid: spec.targetReadinessPolicy: Unsupported value: "Hope": supported values: "StopTarget", "WaitGracePeriod", "FailImmediate", "WaitEventually"',
    });
  });
}
