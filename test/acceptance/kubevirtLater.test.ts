import type { Clock } from "../../common/clock";
import { KubeVirtLab } from "../../sandbox/KubeVirtLab";
import { Application, failureOf, parks } from "./kubevirt/Application";

describe("virtual machines, when others act or calls come late", () => {
  let lab: KubeVirtLab;
  const on = () => lab;

  beforeAll(async () => {
    lab = await new KubeVirtLab().open();
  });
  afterAll(() => lab.close());

  /** Holds up sleeps of `heldMs` until it is told to let them go. */
  const holding = (heldMs: number) => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const clock: Clock = {
      now: () => on().clock.now(),
      sleep: (ms, signal) => (ms === heldMs ? held : on().clock.sleep(ms, signal)),
    };
    return { clock, letGo };
  };
  /** The message of a capture that fails; what is held up goes on once it is given back, or waited for. */
  const givenBack = async (app: Application, letGo: () => void): Promise<string> => {
    let isGivingBack = false;
    app.machines.onReport = (line) => {
      isGivingBack ||= line.startsWith("failed, giving back");
    };
    const ended = failureOf(app.capture());
    // A second after the first is refused, the capture is given back, or waits for the other.
    const before = on().requests().length;
    const looking = setInterval(() => {
      const seen = on().requests().slice(before);
      if (![403, 429].every((it) => seen.some(({ status }) => status === it))) return;
      clearInterval(looking);
      setTimeout(() => {
        if (!isGivingBack) letGo();
      }, 1000);
    }, 10);
    const message = await ended;
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return message;
  };
  const settled = async () => {
    for (let i = 0; i < 20; i += 1) {
      await on().clock.sleep(1000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  test("a stop that is asked again while the capture is given back does not come later", async () => {
    const app = await Application.start(on());
    const { clock, letGo } = holding(7_000);
    app.machines.clock = clock;
    const mends = [
      on().setFault({
        answer: { status: 403, reason: "Forbidden" },
        method: "PATCH",
        resource: "virtualmachines",
        name: app.db,
        times: 1,
      }),
      on().setFault({
        answer: { status: 429, reason: "TooManyRequests", retryAfter: 7 },
        method: "PATCH",
        resource: "virtualmachines",
        name: app.web,
        times: 1,
      }),
    ];
    expect(await givenBack(app, letGo)).toContain("the capture is given back");
    mends.forEach((mend) => {
      mend();
    });
    await settled();
    expect(await app.running()).toEqual(app.names);
  });

  test("a snapshot that is asked for again while the capture is given back does not come later", async () => {
    const app = await Application.start(on());
    const { clock, letGo } = holding(7_000);
    app.machines.clock = clock;
    const fault = (status: number, more = {}) =>
      on().setFault({
        answer: { status, ...more },
        method: "POST",
        resource: "virtualmachinesnapshots",
        times: 1,
      });
    const mends = [fault(403, { reason: "Forbidden" }), fault(429, { retryAfter: 7 })];
    expect(await givenBack(app, letGo)).toContain("the capture is given back");
    mends.forEach((mend) => {
      mend();
    });
    await settled();
    expect(await app.leftovers()).toEqual([]);
  });

  test("a stop that KubeVirt has not yet carried out is no machine that runs again", async () => {
    const app = await Application.start(on(), {}, { runStrategy: "Manual" });
    await app.start();
    const mend = on().setFault({ effect: "controllerDown" });
    const deadlines = { stop: 20_000, images: 20_000, idle: 30_000 };
    const message = await failureOf(app.capture({ deadlines }));
    mend();
    await settled();
    // They go down now: nobody may have been told that they run.
    expect(message).not.toContain("virtual machines started");
    await app.capture({ afterCapture: "resume" });
    expect(await app.running()).toEqual(app.names);
  });

  test("a machine that was off and is started while the others are frozen is not in the set", async () => {
    const app = await Application.start(on());
    const off = `${app.label}-off`;
    await on().addVirtualMachine({
      name: off,
      labels: { app: app.label },
      runStrategy: "Manual",
      files: { rootdisk: { [parks]: "before" } },
    });
    const mend = on().setFault({ effect: "volumeSnapshotHangs", name: `${off}-rootdisk` });
    const work = app.capture({ consistency: "quiesce" });
    await on().until("its snapshot to be under way", async () => {
      const vm = await on().find("virtualmachines", off);
      expect((vm?.status as { snapshotInProgress?: string }).snapshotInProgress).toBeDefined();
    });
    const path = `/apis/subresources.kubevirt.io/v1/namespaces/${on().namespace}/virtualmachines`;
    expect((await on().call("PUT", `${path}/${off}/start`, {})).status).toBe(202);
    await on().until("it to run", async () => {
      expect(await app.guest(off).isRunning()).toBe(true);
    });
    await app.guest(off).write(parks, "written after the freeze");
    mend();
    const result = await work.catch((error: unknown) => String(error));
    if (typeof result !== "string") {
      await app.machines.restore(result.manifest);
      expect((await app.guest(off).files())[parks]).toBe("before");
    }
    expect(result).toContain("somebody let its machine run");
  });

  test("a frozen machine that is restarted before it is cut is not in the set", async () => {
    const app = await Application.start(on());
    const mend = on().setFault({ effect: "volumeSnapshotHangs", name: `${app.db}-rootdisk` });
    const work = app.capture({ consistency: "quiesce" });
    await on().until("its snapshot to be under way", async () => {
      const vm = await on().find("virtualmachines", app.db);
      expect((vm?.status as { snapshotInProgress?: string }).snapshotInProgress).toBeDefined();
    });
    const uid = async () => (await on().find("virtualmachineinstances", app.db))?.metadata.uid;
    const before = await uid();
    const path = `/apis/subresources.kubevirt.io/v1/namespaces/${on().namespace}/virtualmachines`;
    expect((await on().call("PUT", `${path}/${app.db}/restart`, {})).status).toBe(202);
    await on().until("it to run anew", async () => {
      const now = await uid();
      expect(now).toBeDefined();
      expect(now).not.toBe(before);
      const seen = await on().find("virtualmachineinstances", app.db);
      expect(JSON.stringify(seen?.status)).toContain("AgentConnected");
    });
    await app.guest(app.db).write(parks, "written after the freeze");
    mend();
    const result = await work.catch((error: unknown) => String(error));
    if (typeof result !== "string") {
      await app.machines.restore(result.manifest);
      expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");
    }
    expect(result).toContain("it was restarted at");
  });

  test("a guest that somebody else has frozen thaws at their time: nothing is captured", async () => {
    const app = await Application.start(on());
    const path = `/apis/subresources.kubevirt.io/v1/namespaces/${on().namespace}/virtualmachineinstances`;
    const body = { unfreezeTimeout: "30s" };
    expect((await on().call("PUT", `${path}/${app.db}/freeze`, body)).status).toBe(200);
    const mend = on().setFault({ effect: "volumeSnapshotHangs", name: `${app.db}-rootdisk` });
    const work = app.capture({ consistency: "quiesce" });
    const ended = work.catch((error: unknown) => String(error));
    await on().until("it to thaw", async () => {
      expect(await app.frozen()).not.toContain(app.db);
    });
    await app.guest(app.db).write(parks, "written after the thaw");
    mend();
    const result = await ended;
    if (typeof result !== "string") {
      await app.machines.restore(result.manifest);
      expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");
    }
    expect(result).toContain("frozen by somebody else");
  });

  test("a copy that is called otherwise from now on does not stay behind", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture({ afterCapture: "resume" });
    const into = (name: string) =>
      app.machines.with({ names: [app.db], targets: { [app.db]: { name, macAddresses: {} } } });
    const [first, second] = [`${app.db}-first`, `${app.db}-second`];
    const by = "1a2b3c4d";
    await into(first).restore(manifest, { by });
    await into(second).restore(manifest, { by, isInterrupted: false });
    await into(second).release(manifest, { by });
    expect(await on().find("virtualmachines", second)).toBeUndefined();
    expect(await on().find("virtualmachines", first)).toBeUndefined();
  });

  test("a copy that a killed up has made anew goes with the stack", async () => {
    const app = await Application.start(on());
    const { manifest } = await app.capture({ afterCapture: "resume" });
    const copy = `${app.db}-copy`;
    const machines = app.machines.with({
      names: [app.db],
      targets: { [app.db]: { name: copy, macAddresses: {} } },
    });
    const by = "1a2b3c4d";
    await machines.restore(manifest, { by, trigger: "1" });
    // Killed before the engine has heard of it: its state is that of the first trigger.
    await machines.restore(manifest, { by, trigger: "2", isInterrupted: false });
    await machines.release(manifest, { by, trigger: "1" });
    expect(await on().find("virtualmachines", copy)).toBeUndefined();
  });

  test("a run strategy that somebody has chosen since is kept", async () => {
    const app = await Application.start(on());
    await app.capture();
    for (const name of app.names) {
      const path = `/apis/kubevirt.io/v1/namespaces/${on().namespace}/virtualmachines/${name}`;
      const spec = { runStrategy: "Manual" };
      await on().call("PATCH", path, { spec }, "application/merge-patch+json");
    }
    await app.start();
    await app.capture({ snapId: "vmSetAgn", afterCapture: "resume" });
    const strategies = await Promise.all(
      app.names.map(async (name) => (await on().find("virtualmachines", name))?.spec),
    );
    expect(strategies.map((it) => (it as { runStrategy: string }).runStrategy)).toEqual([
      "Manual",
      "Manual",
    ]);
  });

  test.each(["InPlace", "RandomizeNames", "PrefixTargetName"])(
    "a restore that is said to be done has put the data back: %s",
    async (volumeRestorePolicy) => {
      const app = await Application.start(on(), { volumeRestorePolicy });
      const { manifest } = await app.capture({ afterCapture: "resume" });
      await app.guest(app.db).write(parks, "written since");
      const result = await app.machines.restore(manifest).catch((error: unknown) => String(error));
      if (typeof result !== "string")
        expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");
    },
  );
});
