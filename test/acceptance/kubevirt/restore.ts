import type { KubeVirtUnderTest } from "../KubeVirtUnderTest";
import { Application, failureOf, parks } from "./Application";

interface MachineSpec {
  template: { spec: { domain: { devices: { interfaces: { macAddress: string }[] } } } };
}

/** A restore, as the course's exercises do it. */
export function describeRestore(on: () => KubeVirtUnderTest): void {
  const destroy = async (app: Application): Promise<void> => {
    await app.guest(app.db).remove("/var/lib/mongo/");
    expect((await app.guest(app.db).files())[parks]).toBeUndefined();
  };

  test("destroy the database, power off, restore, start: its data is there again, on every machine of the set", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture({ afterCapture: "resume" });
    await destroy(app);
    const phases = await app.machines.restore(manifest);
    expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");
    expect(await app.running()).toEqual(app.names);
    expect(phases.map(({ name, evidence }) => [name, evidence])).toEqual([
      ["stop", `off: ${app.db}, ${app.web}`],
      ["restore", `2 virtual machines at set ${app.snapId}: ${app.db}, ${app.web}`],
      ["start", "2 virtual machines started"],
    ]);
    const restores = await app.restores();
    expect(restores.map(({ status }) => (status as { complete: boolean }).complete)).toEqual([
      true,
      true,
    ]);
  });

  test("use a snapshot to restore an existing VM to a previous state: VM specification and metadata is also restored", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    const path = `/apis/kubevirt.io/v1/namespaces/${on().namespace}/virtualmachines/${app.db}`;
    const spec = { template: { spec: { terminationGracePeriodSeconds: 7 } } };
    await on().call("PATCH", path, { spec }, "application/merge-patch+json");
    await app.machines.restore(manifest);
    const vm = await on().find("virtualmachines", app.db);
    expect(JSON.stringify(vm?.spec)).toContain('"terminationGracePeriodSeconds":180');
  });

  test("restored machines stay off where that is asked for: ready to be powered on again", async () => {
    const app = await Application.start(on(), { start: false });
    const { manifest } = await app.capture({ afterCapture: "resume" });
    const phases = await app.machines.restore(manifest);
    expect(phases.map(({ name }) => name)).toEqual(["stop", "restore"]);
    expect(await app.running()).toEqual([]);
  });

  test("you can only restore to a powered off (offline) VM: FailImmediate names the ones that run", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture({ afterCapture: "resume" });
    const readiness = { policy: "FailImmediate", gracePeriod: 0 } as const;
    const message = await failureOf(app.machines.restore(manifest, { readiness }));
    expect(message).toBe(
      `restore: ${app.db}, ${app.web} must be powered off, as snapset:restore.targetReadiness is ` +
        "FailImmediate: stop them, or let StopTarget do it",
    );
    expect(await app.restores()).toEqual([]);
    expect(await app.running()).toEqual(app.names);
  });

  test("WaitGracePeriod waits until somebody has stopped them, and no longer than that", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture({ afterCapture: "resume" });
    const readiness = { policy: "WaitGracePeriod", gracePeriod: 3_000 } as const;
    const message = await failureOf(app.machines.restore(manifest, { readiness }));
    expect(message).toContain(
      "waiting for somebody to stop the machines, as snapset:restore.targetReadiness is WaitGracePeriod",
    );
    expect(await app.restores()).toEqual([]);
    const stopping: Promise<void>[] = [];
    app.machines.onReport = (line) => {
      if (line.startsWith("waiting for machines") && stopping.length === 0)
        stopping.push(app.stop());
    };
    const patient = { policy: "WaitGracePeriod", gracePeriod: 120_000 } as const;
    await app.machines.restore(manifest, { readiness: patient });
    expect(stopping).toHaveLength(1);
    expect(await app.running()).toEqual(app.names);
  });

  test("restore into a new machine with another name and MAC; the captured one stays as it is", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture({ afterCapture: "resume" });
    await destroy(app);
    const copy = `${app.db}-copy`;
    const macAddresses = { default: "02:00:00:00:00:aa" };
    const machines = app.machines.with({
      names: [app.db],
      targets: { [app.db]: { name: copy, macAddresses } },
    });
    await machines.restore(manifest);
    expect((await app.guest(copy).files())[parks]).toBe("Yosemite");
    expect((await app.guest(app.db).files())[parks]).toBeUndefined();
    expect(await app.guest(copy).isRunning()).toBe(true);
    const [made, source] = await Promise.all(
      [copy, app.db].map(async (name) => (await on().find("virtualmachines", name))?.spec),
    );
    const macOf = (spec: unknown) =>
      (spec as MachineSpec).template.spec.domain.devices.interfaces[0]?.macAddress.replaceAll(
        "-",
        ":",
      );
    expect([macOf(made), macOf(source)]).toEqual(["02:00:00:00:00:aa", "02:00:00:00:00:01"]);

    await app.guest(copy).write(parks, "a day's work");
    await machines.restore(manifest, { trigger: "again", isInterrupted: false });
    expect((await app.guest(copy).files())[parks]).toBe("Yosemite");

    expect(await machines.release(manifest, { trigger: "again" })).toBe(
      "1 virtual machine deleted",
    );
    expect(await on().find("virtualmachines", copy)).toBeUndefined();
    expect(await on().find("virtualmachines", app.db)).toBeDefined();
  });

  test("a machine of another origin is not overwritten, and a MAC of a machine that is there not changed", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    const machines = app.machines.with({
      targets: {
        [app.db]: { name: app.web, macAddresses: {} },
        [app.web]: {
          name: null,
          macAddresses: { default: "02:00:00:00:00:bb", eth7: "02:00:00:00:00:bc" },
        },
      },
    });
    expect(await failureOf(machines.restore(manifest))).toBe(
      [
        "restore: 3 problems",
        `  - virtual machine ${app.web} is there already and is not the one that was captured: give another name in targets.${app.db}.name`,
        `  - targets.${app.web}.macAddresses.eth7: it has no such interface; it has default`,
        `  - targets.${app.web}.macAddresses: only a new machine gets other MACs, and ${app.web} is there`,
      ].join("\n"),
    );
  });

  test("a machine that was deleted comes back under its name", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture({ afterCapture: "resume" });
    const path = `/apis/kubevirt.io/v1/namespaces/${on().namespace}/virtualmachines/${app.db}`;
    await on().call("DELETE", path);
    await on().until("it to be gone", async () => {
      expect(await on().find("virtualmachines", app.db)).toBeUndefined();
    });
    await app.machines.restore(manifest);
    expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");
  });

  test("a restore that was interrupted is gone on with, and nothing restored twice", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    await app.machines.restore(manifest);
    const before = (await app.restores()).map(({ metadata }) => metadata.uid);
    await app.guest(app.db).write(parks, "written since");
    await app.machines.restore(manifest, { isInterrupted: true });
    expect((await app.restores()).map(({ metadata }) => metadata.uid)).toEqual(before);
    expect((await app.guest(app.db).files())[parks]).toBe("written since");
  });

  test("what an up asks for that was whole is done, though the same was done before", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    await app.machines.restore(manifest);
    await app.guest(app.db).write(parks, "written since");
    await app.machines.restore(manifest, { isInterrupted: false });
    expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");
  });

  test("another trigger restores again; of each machine the last restore is kept", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    for (const trigger of ["1", "2", "1"]) {
      await app.machines.restore(manifest, { trigger, isInterrupted: false });
      expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");
      await app.guest(app.db).write(parks, `after ${trigger}`);
    }
    await on().until("only the last one of each to be left", async () => {
      expect(await app.restores()).toHaveLength(2);
    });
  });

  test("a restore that fails says what KubeVirt says; the next up makes it anew", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    const mend = on().setFault({ effect: "restoreFails" });
    const message = await failureOf(app.machines.restore(manifest, { deadline: 5_000 }));
    mend();
    expect(message).toContain(`the restores of set ${app.snapId} to be complete`);
    expect(message).toContain("`pulumi up` goes on from here");
    await app.machines.restore(manifest);
    expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");
  });

  test("one restore of a machine at a time: a second one is refused, and the first named", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    const mend = on().setFault({ effect: "restoreFails" });
    const [snapshot] = await app.snapshots();
    await app.restoreByHand(app.db, "by-hand", snapshot?.metadata.name ?? "");
    const message = await failureOf(app.machines.restore(manifest));
    mend();
    expect(message).toContain(
      `restore: virtual machine ${app.db}: VirtualMachineRestore by-hand into it is in progress (`,
    );
  });

  test("what a restore would overwrite is said before it begins", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture();
    expect(await app.machines.foresee(manifest)).toEqual([
      `restores ${app.db}, ${app.web} to set ${app.snapId}; what was written there since is lost`,
    ]);
  });
}
