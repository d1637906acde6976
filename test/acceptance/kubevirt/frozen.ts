import type { Clock } from "../../../common/clock";
import type { KubeVirtUnderTest } from "../KubeVirtUnderTest";
import { Application, failureOf, parks } from "./Application";

const frozen = { consistency: "quiesce" } as const;

function isReady(status: unknown): boolean {
  return (status as { readyToUse?: boolean } | undefined)?.readyToUse === true;
}

/** A capture of machines that run, all at one moment. */
export function describeFrozen(on: () => KubeVirtUnderTest): void {
  /** Has the machine that does the work die as soon as it reports a line that begins so. */
  const dieAt = async (app: Application, line: string): Promise<void> => {
    const clock: Clock = { now: () => on().clock.now(), sleep: (ms) => on().clock.sleep(ms) };
    const dead = new Promise<void>((resolve) => {
      app.machines.onReport = (report) => {
        if (!report.startsWith(line)) return;
        // It sleeps for ever: nothing of it is done any more.
        clock.sleep = () => new Promise(() => undefined);
        resolve();
      };
    });
    app.machines.clock = clock;
    void app.capture(frozen).catch(() => undefined);
    await dead;
    app.machines = app.machines.with({});
  };

  /** Cancels a capture that reports a line which begins so. */
  const cancelAt = async (app: Application, line: string): Promise<void> => {
    app.machines.onReport = (report) => {
      if (report.startsWith(line)) app.machines.cancel();
    };
    expect(await failureOf(app.capture(frozen))).toContain("canceled");
    app.machines.onReport = () => undefined;
  };

  test("it freezes the VM file system before taking the snapshot, and thaws the file system after: all machines together", async () => {
    const app = await Application.start(on());
    const before = app.changes().length;
    const { manifest, progress } = await app.capture(frozen);
    const done = app.changes().slice(before);
    const first = (change: string) => done.indexOf(change);
    const last = (change: string) => done.lastIndexOf(change);
    expect(last("PUT freeze")).toBeLessThan(first("POST virtualmachinesnapshots"));
    expect(last("POST virtualmachinesnapshots")).toBeLessThan(first("PUT unfreeze"));
    expect(await app.frozen()).toEqual([]);
    expect(await app.running()).toEqual(app.names);
    expect(manifest.members.map(({ stop, indications }) => [stop, indications])).toEqual(
      app.names.map(() => ["running", ["Online", "GuestAgent", "PartialSnapshot"]]),
    );
    expect(progress.frozen).toMatchObject({ members: app.names, isThawed: true });
    expect(manifest.capturedAt).toBe(progress.frozen?.at);
    expect(progress.timings.find(({ name }) => name === "images")?.evidence).toBe(
      `frozen together at ${manifest.capturedAt} and thawed: ${app.db}, ${app.web}; 2 snapshots ready to use`,
    );
  });

  test("a snapshot represents the state and data of a VM at a specific point in time: that of the freeze, in every machine", async () => {
    const app = await Application.start(on());
    const { db, web } = app;
    await app.guest(db).write(parks, "in memory at the freeze", { isSynced: false });
    const writing: Promise<void>[] = [];
    app.machines.onReport = (line) => {
      if (!line.startsWith("snapshots:") || writing.length > 0) return;
      for (const name of app.names) {
        writing.push(app.guest(name).write(parks, "written while it was frozen"));
      }
    };
    const { manifest } = await app.capture(frozen);
    await Promise.all(writing);
    expect(writing).toHaveLength(2);
    app.machines.onReport = () => undefined;
    expect((await app.guest(web).files())[parks]).toBe("written while it was frozen");
    await app.machines.restore(manifest);
    expect((await app.guest(db).files())[parks]).toBe("in memory at the freeze");
    expect((await app.guest(web).files())[parks]).not.toBe("written while it was frozen");
  });

  test("if the guest agent is not present, quiescing is not possible: the machine is named before anything is changed", async () => {
    const app = await Application.start(on(), {}, { hasAgent: false });
    const message = await failureOf(app.capture(frozen));
    expect(message).toBe(
      `capture: no guest agent answers in ${app.db}, ${app.web}, so their file systems cannot be frozen: ` +
        "install qemu-guest-agent there (`systemctl enable --now qemu-guest-agent`), or set " +
        "snapset:consistency to shutdown, or to crash for a best effort",
    );
    expect(await app.leftovers()).toEqual([]);
  });

  test("to create snapshots of an online VM with the highest integrity, install the QEMU guest agent: then it is frozen", async () => {
    const app = await Application.start(on(), {}, { hasAgent: false });
    await failureOf(app.capture(frozen));
    for (const name of app.names) await app.guest(name).setAgent(true);
    const { manifest } = await app.capture(frozen);
    expect(manifest.members[0]?.indications).toContain("GuestAgent");
  });

  test("machines that are off need no freeze: with those that run they are one set", async () => {
    const app = await Application.start(on());
    const off = `${app.label}-off`;
    const labels = { app: app.label };
    await on().addVirtualMachine({ name: off, labels, runStrategy: "Halted" });
    const { manifest } = await app.capture(frozen);
    expect(manifest.members.map(({ name, stop }) => [name, stop])).toEqual([
      [app.db, "running"],
      [off, "found"],
      [app.web, "running"],
    ]);
  });

  test("one guest that cannot be frozen: none is captured, the others are thawed", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "freezeFails", name: app.web });
    const message = await failureOf(app.capture(frozen));
    mend();
    expect(message).toContain(`${app.web} cannot be frozen:`);
    expect(message).toContain("the capture is given back");
    expect(await app.frozen()).toEqual([]);
    expect(await app.leftovers()).toEqual([]);
  });

  test("who is frozen stands in the journal before the first is, for whoever finds it after a kill", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "freezeFails", name: app.web });
    await failureOf(app.capture({ ...frozen, onFailure: "keep" }));
    mend();
    const journals = (await on().list("configmaps")).map((it) => JSON.stringify(it));
    const own = journals.find((text) => text.includes(app.web) && text.includes("snapset-capture"));
    expect(own).toContain(String.raw`\"frozen\":{\"members\":[\"${app.db}\",\"${app.web}\"]`);
  });

  test("one snapshot that fails: nothing is committed, all are thawed and run", async () => {
    const app = await Application.start(on(), { failureDeadline: 4_000 });
    const mend = on().setFault({ effect: "volumeSnapshotHangs", name: `${app.web}-rootdisk` });
    const message = await failureOf(app.capture(frozen));
    mend();
    expect(message).toContain(`snapshot of ${app.web} failed: Failed`);
    expect(await app.frozen()).toEqual([]);
    expect(await app.running()).toEqual(app.names);
    expect(await app.leftovers()).toEqual([]);
  });

  test("a guest that thaws too early, as Windows does, is not in the set", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "freezeTimesOut", name: app.web });
    const message = await failureOf(
      app.capture({ ...frozen, deadlines: { stop: 60_000, images: 30_000, idle: 30_000 } }),
    );
    mend();
    expect(message).toContain(app.web);
    expect(await app.frozen()).toEqual([]);
    expect(await app.leftovers()).toEqual([]);
  });

  test("a capture that is cancelled while guests are frozen thaws them before it ends", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "controllerDown" });
    await cancelAt(app, "snapshots:");
    expect(await app.frozen()).toEqual([]);
    mend();
    const { manifest } = await app.capture(frozen);
    expect(manifest.members).toHaveLength(2);
  });

  test("what KubeVirt cuts after that is of no common moment, though it freezes each guest itself: the next up makes it anew", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "controllerDown" });
    await cancelAt(app, "snapshots:");
    mend();
    await on().until("the snapshots to be ready", async () => {
      const ready = (await app.snapshots()).filter(({ status }) => isReady(status));
      expect(ready).toHaveLength(2);
    });
    for (const name of app.names) await app.guest(name).write(parks, "written after the thaw");
    const left = await app.snapshots();
    const { manifest, progress } = await app.capture(frozen);
    const adopt = progress.timings.find(({ name }) => name === "adopt");
    expect(adopt?.evidence).toMatch(/^2 of 2 snapshots found; made anew: .* \(it was cut at /);
    const uids = left.map(({ metadata }) => metadata.uid);
    expect(manifest.members.filter(({ imageId }) => uids.includes(imageId))).toEqual([]);
    await app.machines.restore(manifest);
    for (const name of app.names) {
      expect((await app.guest(name).files())[parks]).toBe("written after the thaw");
    }
  });

  test("a capture that is killed while guests are frozen: they thaw by the deadline, and the next up finishes", async () => {
    const app = await Application.start(on(), { unfreezeTimeout: 3_000 });
    const mend = on().setFault({ effect: "controllerDown" });
    await dieAt(app, "snapshots:");
    expect(await app.frozen()).toEqual(app.names);
    await on().until("the guests to thaw by themselves", async () => {
      expect(await app.frozen()).toEqual([]);
    });
    mend();
    app.machines = app.machines.with({ unfreezeTimeout: 300_000 });
    const { manifest, progress } = await app.capture(frozen);
    expect(manifest.members).toHaveLength(2);
    expect(progress.timings.map(({ name }) => name)).toContain("adopt");
    expect(await app.frozen()).toEqual([]);
    expect(await app.leftovers()).toHaveLength(4);
  });

  test("the next up checks, and thaws what a killed capture has left frozen", async () => {
    const app = await Application.start(on(), { unfreezeTimeout: 600_000 });
    const mend = on().setFault({ effect: "controllerDown" });
    await dieAt(app, "snapshots:");
    expect(await app.frozen()).toEqual(app.names);
    mend();
    const { progress } = await app.capture(frozen);
    const adopt = progress.timings.find(({ name }) => name === "adopt");
    expect(adopt?.evidence).toMatch(new RegExp(`^thawed: ${app.db}, ${app.web}; 2 of 2 snapshots`));
    expect(await app.frozen()).toEqual([]);
  });
}
