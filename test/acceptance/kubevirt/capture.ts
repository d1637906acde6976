import type { KubeVirtUnderTest } from "../KubeVirtUnderTest";
import { Application, failureOf, parks } from "./Application";

interface SnapshotStatus {
  phase: string;
  readyToUse: boolean;
  indications?: string[];
  conditions: { type: string; status: string }[];
  virtualMachineSnapshotContentName: string;
}

interface ContentSpec {
  virtualMachineSnapshotName: string;
  source: { virtualMachine: { metadata: { name: string }; spec: { template: unknown } } };
  volumeBackups: { volumeName: string; volumeSnapshotName: string }[];
}

/** What a capture makes of machines that are off, or that run. */
export function describeCapture(on: () => KubeVirtUnderTest): void {
  test("create snapshots of machines that are powered off (offline): the application is stopped, captured and described", async () => {
    const app = await Application.start(on(), { description: "before the upgrade" });
    const { manifest, progress } = await app.capture();
    expect(await app.running()).toEqual([]);
    expect(manifest.members.map((it) => [it.name, it.platform, it.stop])).toEqual([
      [app.db, "kubevirt", "graceful"],
      [app.web, "kubevirt", "graceful"],
    ]);
    expect(Object.keys(progress.stopped)).toEqual(app.names);
    const snapshots = await app.snapshots();
    expect(snapshots.map(({ metadata }) => metadata.labels?.["snapset/snap-id"])).toEqual([
      app.snapId,
      app.snapId,
    ]);
    expect(snapshots[0]?.metadata.annotations).toMatchObject({
      description: "before the upgrade",
      "snapset/member": app.db,
      "snapset/members": "2",
      "snapset/macs": "02:00:00:00:00:01",
      "snapset/captured-at": progress.capturedAt,
    });
    expect(snapshots[0]?.spec).toMatchObject({
      source: { apiGroup: "kubevirt.io", kind: "VirtualMachine", name: app.db },
      deletionPolicy: "Delete",
    });
    expect(manifest.members.map(({ macAddresses }) => macAddresses)).toEqual([
      ["02:00:00:00:00:01"],
      ["02:00:00:00:00:02"],
    ]);
  });

  test("the snapshot stores a copy of each CSI volume attached to the VM and a copy of the VM specification and metadata", async () => {
    const volumes = { rootdisk: "dataVolume", data: "persistentVolumeClaim" } as const;
    const app = await Application.start(on(), {}, { volumes });
    const { manifest } = await app.capture();
    const [member] = manifest.members;
    const content = await on().find(
      "virtualmachinesnapshotcontents",
      member?.virtualMachine?.contentName ?? "",
    );
    const { source, volumeBackups } = content?.spec as ContentSpec;
    expect(source.virtualMachine.metadata.name).toBe(app.db);
    const vm = await on().find("virtualmachines", app.db);
    expect(source.virtualMachine.spec.template).toEqual(
      (vm?.spec as { template: unknown }).template,
    );
    expect(volumeBackups.map(({ volumeName }) => volumeName).toSorted()).toEqual([
      "data",
      "rootdisk",
    ]);
    const kept = member?.volumes.map(({ name, policy, sizeGb }) => [name, policy, sizeGb]);
    expect(kept).toEqual([
      ["rootdisk", "include", 10],
      ["data", "include", 10],
    ]);
  });

  test("three API objects, each with its phase and conditions, and the content bound one-to-one", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    for (const { imageName, virtualMachine } of manifest.members) {
      const snapshot = await on().find("virtualmachinesnapshots", imageName);
      const { phase, readyToUse, conditions, ...status } = snapshot?.status as SnapshotStatus;
      expect([phase, readyToUse]).toEqual(["Succeeded", true]);
      const ready = expect.objectContaining({ type: "Ready", status: "True" }) as object;
      expect(conditions).toContainEqual(ready);
      expect(status.virtualMachineSnapshotContentName).toBe(virtualMachine?.contentName);
      const contents = await on().list("virtualmachinesnapshotcontents");
      const bound = contents.filter(
        ({ spec }) => (spec as ContentSpec).virtualMachineSnapshotName === imageName,
      );
      expect(bound.map(({ metadata }) => metadata.name)).toEqual([virtualMachine?.contentName]);
    }
  });

  test("create snapshots of machines that are on (online): a best-effort snapshot where the guest agent is not present, with NoGuestAgent shown", async () => {
    const app = await Application.start(on(), {}, { hasAgent: false });
    const { manifest } = await app.capture({ consistency: "crash" });
    expect(await app.running()).toEqual(app.names);
    expect(manifest.members.map(({ stop, indications }) => [stop, indications])).toEqual([
      ["running", ["Online", "NoGuestAgent", "PartialSnapshot"]],
      ["running", ["Online", "NoGuestAgent", "PartialSnapshot"]],
    ]);
  });

  test("the controller checks that the QEMU guest agent is installed and running: then it freezes and thaws, and GuestAgent is shown", async () => {
    const app = await Application.start(on());
    await app.guest(app.db).write(parks, "Yellowstone", { isSynced: false });
    const { manifest } = await app.capture({ consistency: "crash" });
    expect(manifest.members[0]?.indications).toEqual(["Online", "GuestAgent", "PartialSnapshot"]);
    expect(await app.frozen()).toEqual([]);
  });

  test("a machine that is paused is captured at best effort, and says Paused", async () => {
    const app = await Application.start(on());
    const path = `/apis/subresources.kubevirt.io/v1/namespaces/${on().namespace}/virtualmachineinstances/${app.db}/pause`;
    expect((await on().call("PUT", path, {})).status).toBeLessThan(300);
    await on().until("it to be Paused", async () => {
      const seen = await on().find("virtualmachineinstances", app.db);
      if (!JSON.stringify(seen?.status).includes("Paused")) throw new Error("it is not Paused");
    });
    const refused = await failureOf(app.capture({ consistency: "quiesce" }));
    expect(refused).toBe(
      `capture: ${app.db}: paused, so nothing can be frozen there; unpause or stop them`,
    );
    const { manifest } = await app.capture({ consistency: "crash" });
    expect(manifest.members[0]?.indications).toContain("Paused");
  });

  test("the VM has a cloud-init disk that cannot be included: it is named, and must be accepted", async () => {
    const app = await Application.start(on(), { acceptPartial: false });
    const message = await failureOf(app.capture());
    for (const name of app.names) {
      expect(message).toContain(
        `virtual machine ${name}: disk cloudinitdisk (cloudInitNoCloud: Snapshot is not supported for ` +
          "this volumeSource type [cloudinitdisk]) cannot be included in a snapshot; " +
          "accept that with snapset:kubevirt.acceptPartial: true, or [cloudinitdisk]",
      );
    }
    expect(await app.leftovers()).toEqual([]);
    expect(await app.running()).toEqual(app.names);
    const accepting = app.machines.with({ acceptPartial: ["cloudinitdisk"] });
    const { manifest } = await accepting.capture({ snapId: app.snapId });
    expect(manifest.members[0]?.indications).toEqual(["PartialSnapshot"]);
    expect(accepting.warnings[0]).toContain(
      `virtual machine ${app.db}: not in the set: disk cloudinitdisk`,
    );
  });

  test("any storage provider with a CSI driver that supports the Kubernetes Volume Snapshot API: another one's volumes are refused", async () => {
    const app = await Application.start(
      on(),
      { acceptPartial: ["cloudinitdisk"] },
      { storageClassName: "hostpath" },
    );
    expect(await failureOf(app.capture())).toContain(`virtual machine ${app.db}: disk rootdisk`);
    expect(await app.leftovers()).toEqual([]);
  });

  test("all is started again where that is asked for, as it ran before", async () => {
    const app = await Application.start(on(), {}, { runStrategy: "Manual" });
    await app.start();
    const always = await Application.start(on());
    for (const it of [app, always]) {
      await it.capture({ afterCapture: "resume" });
      expect(await it.running()).toEqual(it.names);
    }
    const strategies = await Promise.all(
      [app.db, always.db].map(async (name) => {
        const vm = await on().find("virtualmachines", name);
        return [(vm?.spec as { runStrategy: string }).runStrategy, vm?.metadata.annotations ?? {}];
      }),
    );
    expect(strategies.map(([strategy]) => strategy)).toEqual(["Manual", "Always"]);
    expect(JSON.stringify(strategies)).not.toContain("snapset/run-strategy");
  });

  test("a run after the commit finds the set, and makes nothing", async () => {
    const app = await Application.start(on());
    const first = await app.capture();
    const before = app.changes().length;
    const second = await app.capture();
    expect(second.manifest.members).toEqual(first.manifest.members);
    expect(app.changes()).toHaveLength(before);
  });
}
