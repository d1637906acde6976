import type { KubeVirtUnderTest } from "../KubeVirtUnderTest";
import { Application, failureOf } from "./Application";

/** A capture in which something goes wrong: whole and committed, or not at all. */
export function describeFaults(on: () => KubeVirtUnderTest): void {
  const short = { stop: 60_000, images: 5_000, idle: 30_000 };

  test("one snapshot that fails: nothing is committed, nothing is left, all machines run again", async () => {
    const app = await Application.start(on(), { failureDeadline: 4_000 });
    const mend = on().setFault({ effect: "volumeSnapshotFails", name: `${app.web}-rootdisk` });
    const message = await failureOf(app.capture());
    mend();
    expect(message).toContain(`snapshot of ${app.web} failed: Failed`);
    expect(message).toContain(
      "the capture is given back: 2 snapshots deleted; 2 virtual machines started",
    );
    expect(await app.leftovers()).toEqual([]);
    expect(await app.running()).toEqual(app.names);
  });

  test("failureDeadline: a snapshot that takes longer fails with KubeVirt's own words", async () => {
    const app = await Application.start(on(), { failureDeadline: 4_000 });
    const mend = on().setFault({ effect: "volumeSnapshotHangs", name: `${app.db}-rootdisk` });
    const message = await failureOf(app.capture({ onFailure: "keep" }));
    mend();
    expect(message).toContain(`snapshot of ${app.db} failed: Failed`);
    expect(message).toContain("Failure True (snapshot deadline exceeded)");
    expect(message).toContain("`pulumi up` goes on from here");
    const { manifest, progress } = await app.capture();
    expect(manifest.members).toHaveLength(2);
    const adopt = progress.timings.find(({ name }) => name === "adopt");
    expect(adopt?.evidence).toContain(`2 of 2 snapshots found; made anew: ${app.db} (Failed`);
  });

  test("a snapshot that is cut and never ready to use: it is said what was waited for, and last seen", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "volumeSnapshotNeverReady", name: `${app.db}-rootdisk` });
    const message = await failureOf(app.capture({ deadlines: short }));
    mend();
    expect(message).toMatch(
      new RegExp(
        `^timed out after [\\d.]+ s waiting for the snapshots of set ${app.snapId} to be ready; ` +
          `last seen: ${app.db}: Succeeded, but not ready to use`,
      ),
    );
    expect(await app.leftovers()).toEqual([]);
  });

  test("no controller runs: snapshots have no status, and that is said", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "controllerDown" });
    const message = await failureOf(
      app.capture({ consistency: "crash", onFailure: "keep", deadlines: short }),
    );
    mend();
    expect(message).toContain(`${app.db}: no status yet, ${app.web}: no status yet`);
    const { manifest } = await app.capture({ consistency: "crash" });
    expect(manifest.members).toHaveLength(2);
  });

  test("a machine that does not stop: it is named at the deadline, and the others run again", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "neverStops", name: app.web });
    const message = await failureOf(app.capture({ deadlines: { ...short, stop: 20_000 } }));
    mend();
    expect(message).toContain(`waiting for ${app.db}, ${app.web} to be off; last seen: ${app.web}`);
    const started = await app.capture({
      afterCapture: "resume",
      deadlines: { ...short, stop: 200_000, images: 60_000 },
    });
    expect(started.manifest.members).toHaveLength(2);
    expect(await app.running()).toEqual(app.names);
  });

  test("an answer that is lost: nothing is made twice", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({
      answer: { status: 504, reason: "Timeout", afterwards: true },
      method: "POST",
      resource: "virtualmachinesnapshots",
      times: 2,
    });
    const { manifest } = await app.capture();
    mend();
    expect(manifest.members).toHaveLength(2);
    expect(await app.leftovers()).toHaveLength(4);
  });

  test("a webhook that breaks its connection: it is asked again, and nothing is given back", async () => {
    const app = await Application.start(on());
    const before = on().requests().length;
    const mend = on().setFault({ webhook: "virtualmachinesnapshots", times: 2 });
    const { manifest } = await app.capture();
    mend();
    const asked = on().requests().slice(before);
    expect(asked.filter(({ status }) => status === 500)).toHaveLength(2);
    expect(manifest.members).toHaveLength(2);
    expect(await app.leftovers()).toHaveLength(4);
  });

  test("an API that is busy (429) is asked again", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({
      answer: { status: 429, reason: "TooManyRequests", retryAfter: 1 },
      resource: "virtualmachinesnapshots",
      times: 2,
    });
    const { manifest } = await app.capture();
    mend();
    expect(manifest.members).toHaveLength(2);
  });

  test("a right that is missing (403) is told with what was asked for, before anything is stopped", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({
      answer: { status: 403, reason: "Forbidden", message: "configmaps is forbidden" },
      method: "POST",
      resource: "configmaps",
    });
    const message = await failureOf(app.capture());
    mend();
    expect(message).toContain(`cannot create ConfigMap ${on().namespace}/snapset-capture-`);
    expect(message).toContain("403 configmaps is forbidden");
    expect(await app.running()).toEqual(app.names);
  });

  test("somebody starts a machine while it is captured: its snapshot is not believed", async () => {
    const app = await Application.start(on());
    // The other one's takes its time.
    const mend = on().setFault({ effect: "volumeSnapshotNeverReady", name: `${app.db}-rootdisk` });
    const capture = failureOf(app.capture());
    await on().until("its snapshot to be ready", async () => {
      const snapshots = await app.snapshots();
      expect(snapshots.at(-1)?.status).toMatchObject({ readyToUse: true });
    });
    await app.start([app.web]);
    mend();
    const message = await capture;
    expect(message).toContain(`snapshot of ${app.web} failed: somebody let its machine run`);
    expect(await app.leftovers()).toEqual([]);
  });

  test("an interrupted capture is finished: what is good is taken over, what ran since is made anew", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "volumeSnapshotNeverReady", name: `${app.web}-rootdisk` });
    await failureOf(app.capture({ onFailure: "keep", deadlines: short }));
    mend();
    const [first, second] = await app.snapshots();
    await app.start([app.web]);
    const { manifest } = await app.capture();
    const uids = manifest.members.map(({ imageId }) => imageId);
    expect(uids[0]).toBe(first?.metadata.uid);
    expect(uids[1]).not.toBe(second?.metadata.uid);
    expect(await app.leftovers()).toHaveLength(4);
  });

  test("another snapshot of a machine is in progress: it is named before anything is changed", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "volumeSnapshotHangs", name: `${app.db}-rootdisk` });
    await app.snapshotByHand(app.db, `${app.db}-by-hand`);
    await on().until("the other snapshot to begin", async () => {
      const vm = await on().find("virtualmachines", app.db);
      expect((vm?.status as { snapshotInProgress?: string }).snapshotInProgress).toBeDefined();
    });
    const message = await failureOf(app.capture());
    mend();
    expect(message).toBe(
      `capture: virtual machine ${app.db}: snapshot ${app.db}-by-hand of it is in progress; wait until it has ended`,
    );
  });

  test("names of no machine are told together, each with the nearest one", async () => {
    const app = await Application.start(on());
    const machines = app.machines.with({
      selector: null,
      names: [`${app.db}x`, "nothing", app.web],
    });
    const message = await failureOf(machines.capture({ snapId: app.snapId }));
    expect(message).toBe(
      [
        "kubevirt: 2 problems",
        `  - names: there is no virtual machine ${app.db}x in namespace ${on().namespace}; the nearest is ${app.db}`,
        `  - names: there is no virtual machine nothing in namespace ${on().namespace}`,
      ].join("\n"),
    );
  });

  test("a selector that finds no machine is told", async () => {
    const app = await Application.start(on(), { selector: "app=nobody" });
    expect(await failureOf(app.capture())).toBe(
      `kubevirt: selector: there is no virtual machine app=nobody in namespace ${on().namespace}`,
    );
  });
}
