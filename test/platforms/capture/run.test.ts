import { CaptureFailure } from "../../../platforms/capture/failure";
import { runCapture } from "../../../platforms/capture/run";
import type { CaptureInputs } from "../../../platforms/capture/types";
import type { Observed, Platform, SetStore, Site } from "../../../platforms/platform";
import type { Manifest } from "../../../snapset/manifest";
import type { PlatformName } from "../../../snapset/platforms";
import type { Instance } from "../../../snapset/snapsetData";
import { captureOf } from "../../acceptance/FaultyCloud";
import { manifestOf } from "../../snapset/arbitraries";

const noon = new Date("2026-11-21T12:00:00Z");
const [controller, worker] = manifestOf("faults01").members;

const instances: Instance[] = [
  { name: "controller", uuid: "1", role: "controller", macAddress: "fa:16:9e:00:00:01" },
  {
    name: "master0",
    uuid: "2",
    role: "ocp_master",
    macAddress: "fa:16:9e:00:00:02",
    platform: "ironic",
  },
];

/** Two platforms with a member each, and what was done to them in what order. */
class FakeSite {
  readonly done: string[] = [];
  readonly committed: Manifest[] = [];
  /** What the capture of a platform's member waits for, or fails with. */
  capturing: Partial<Record<PlatformName, () => Promise<string>>> = {};

  capture(changes: Partial<CaptureInputs> = {}) {
    return runCapture(captureOf(instances, changes), null, this.site);
  }

  private get site(): Site {
    return {
      clock: { now: () => noon, sleep: () => Promise.resolve() },
      signal: new AbortController().signal,
      report: () => undefined,
      warn: () => undefined,
      store: this.store,
      platforms: { nova: this.platform("nova"), ironic: this.platform("ironic") },
      now: () => noon,
      findInstances: (inputs) => Promise.resolve(inputs.instances),
      isOutOfReach: () => false,
      describe: () => Promise.resolve({ environment: null, findings: [] }),
      quiesceCluster: () => Promise.resolve(),
    };
  }

  private get store(): SetStore {
    return {
      listJournals: () => Promise.resolve([]),
      createJournal: () => Promise.resolve("journal"),
      saveJournal: () => Promise.resolve(),
      deleteJournal: () => Promise.resolve(),
      readManifest: () => Promise.resolve(undefined),
      commit: (manifest) => {
        this.committed.push(manifest);
        return Promise.resolve();
      },
      uncommit: () => Promise.resolve(),
      judgeRoom: () => Promise.resolve([]),
      listSets: () => Promise.resolve([]),
    };
  }

  private platform(name: PlatformName): Platform {
    const note = (what: string) => {
      this.done.push(`${what} ${name}`);
      return Promise.resolve(what);
    };
    return {
      name,
      observe: (inputs, own) => Promise.resolve(this.observed(name, inputs, own)),
      resume: () => note("resume"),
      remove: () => note("remove"),
      restore: () => Promise.resolve([]),
      foresee: () => Promise.resolve([]),
      release: () => note("release"),
    };
  }

  private observed(name: PlatformName, inputs: CaptureInputs, own: readonly Instance[]): Observed {
    const described = name === "nova" ? controller : worker;
    return {
      members: own.map((instance) => ({
        instance,
        identity: {
          snapId: inputs.snapId,
          environment: "lab",
          member: instance.name,
          role: instance.role,
          macAddresses: [instance.macAddress],
          members: 2,
          capturedAt: noon,
        },
      })),
      things: `1 of ${name}`,
      problems: [],
      warnings: [],
      quiesce: () => {
        this.done.push(`quiesce ${name}`);
        return Promise.resolve(`${name} at rest`);
      },
      adopt: () => Promise.resolve({ found: 0, stale: 0, evidence: "" }),
      capture: async () => {
        const evidence = await (this.capturing[name]?.() ?? Promise.resolve("made"));
        this.done.push(`captured ${name}`);
        return evidence;
      },
      verify: () =>
        Promise.resolve(described === undefined ? [] : [{ ...described, platform: name }]),
    };
  }
}

describe("a capture of members on two platforms", () => {
  it("brings the controller's platform to rest last, and back first", async () => {
    const site = new FakeSite();
    await site.capture({ afterCapture: "resume" });
    expect(site.done.filter((it) => !it.startsWith("captured"))).toEqual([
      "quiesce ironic",
      "quiesce nova",
      "resume nova",
      "resume ironic",
    ]);
  });

  it("is one set, whose manifest says of each member what it runs on", async () => {
    const site = new FakeSite();
    const { manifest } = await site.capture();
    expect(site.committed).toEqual([manifest]);
    expect(manifest.members.map(({ name, platform }) => [name, platform])).toEqual([
      ["controller", "nova"],
      ["master0", "ironic"],
    ]);
  });

  it("gives back only when no platform is at work any more", async () => {
    const site = new FakeSite();
    let finish: (evidence: string) => void = () => undefined;
    site.capturing = {
      nova: () => Promise.reject(new CaptureFailure("image of controller failed: no room")),
      ironic: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    };
    const capture = site.capture();
    const failed = capture.then(
      () => "it succeeded",
      (error: unknown) => (error as Error).message,
    );
    await new Promise(setImmediate);
    expect(site.done.filter((it) => it.startsWith("remove"))).toEqual([]);
    finish("made");
    expect(await failed).toContain("image of controller failed: no room");
    expect(site.done.slice(2)).toEqual([
      "captured ironic",
      "remove nova",
      "remove ironic",
      "resume nova",
      "resume ironic",
    ]);
  });

  it("tells what failed on each", async () => {
    const site = new FakeSite();
    site.capturing = {
      nova: () => Promise.reject(new CaptureFailure("image of controller failed: no room")),
      ironic: () => Promise.reject(new CaptureFailure("image of master0 failed: no ramdisk")),
    };
    await expect(site.capture()).rejects.toThrow(
      "image of controller failed: no room\nimage of master0 failed: no ramdisk\nthe capture is given back: ",
    );
  });
});
