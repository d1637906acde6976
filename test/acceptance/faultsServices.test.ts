import type { Instance } from "../../snapset/snapsetData";
import type { Fault, Service } from "../../sandbox/world/faults";
import { realTime, type TimeSource } from "../../sandbox/world/worldClock";
import { allRunning, captureOf, failureOf, FaultyCloud } from "./FaultyCloud";

jest.setTimeout(60_000);

let cloud: FaultyCloud;
let instances: Instance[];

beforeEach(async () => {
  cloud = await FaultyCloud.open();
  instances = cloud.bootThree();
  cloud.attachVolume("compute0", "data");
  cloud.world.requests.clear();
});
afterEach(() => cloud.close());

/** By name; the second of compute0 is the snapshot of its volume. */
const complete = [
  "hotstack-compute0-snapshot-faults01",
  "hotstack-compute0-snapshot-faults01",
  "hotstack-compute1-snapshot-faults01",
  "hotstack-controller-snapshot-faults01",
];

const arm = (match: Fault["match"], then: Fault["then"]) => cloud.world.faults.add({ match, then });

async function expectComplete(): Promise<void> {
  expect((await cloud.capture(captureOf(instances))).phase).toBe("committed");
  expect(cloud.leftovers("faults01").toSorted()).toEqual(complete);
  expect(cloud.madeTwice()).toEqual([]);
  expect((await cloud.select("faults01", [])).chosen).toBe("faults01");
}

/** No set, nothing left, everything runs again; returns the first line of what was said. */
async function expectGivenBack(changes: Parameters<typeof captureOf>[1] = {}): Promise<string> {
  const { message, kept } = await failureOf(cloud.capture(captureOf(instances, changes)));
  expect(cloud.leftovers("faults01")).toEqual([]);
  expect(cloud.states()).toEqual(allRunning);
  expect(kept?.phase).toBe("given back");
  const [first = "", second = ""] = message.split("\n");
  expect(second).toMatch(/^the capture is given back: /);
  return first;
}

describe("a service that is busy", () => {
  it.each([
    ["429", { status: 429, headers: { "retry-after": "1" } }],
    ["503", { status: 503, headers: { "retry-after": "1" } }],
    ["503 without Retry-After", { status: 503 }],
  ])("answers createImage with %s: the capture comes back later", async (_, then) => {
    arm({ service: "compute", action: "createImage", nth: 2, times: 2 }, then);
    await expectComplete();
  });

  it.each([
    "compute listServersDetail",
    "image listImages",
    "image updateImage",
    "block-storage createSnapshot",
    "block-storage listSnapshots",
  ])("answers %s with 503 and Retry-After: the capture comes back later", async (what) => {
    const [service, action] = what.split(" ") as [Service, string];
    arm({ service, action, nth: 2, times: 1 }, { status: 503, headers: { "retry-after": "1" } });
    await expectComplete();
  });
});

describe("a connection that breaks", () => {
  it.each([
    ["compute createImage", false],
    ["compute createImage", true],
    ["image updateImage", true],
    ["block-storage createSnapshot", true],
    ["block-storage createSnapshot", false],
  ])("at %s (carried out: %s) costs nothing", async (what, afterwards) => {
    const [service, action] = what.split(" ") as [Service, string];
    arm({ service, action, nth: 1 }, { reset: true, afterwards });
    await expectComplete();
  });

  it.each([
    ["image createImage", false],
    ["compute os-stop", true],
  ])("at %s (carried out: %s) interrupts; the next up goes on", async (what, afterwards) => {
    const [service, action] = what.split(" ") as [Service, string];
    arm({ service, action, nth: 1 }, { reset: true, afterwards });
    const { message, kept } = await failureOf(cloud.capture(captureOf(instances)));
    expect(message).toContain(`${what.replace("os-stop", "stopServer")}: POST `);
    expect(message).toContain("got no answer");
    const outs =
      kept === undefined
        ? await cloud.capture(captureOf(instances))
        : await cloud.resume(kept, captureOf(instances));
    expect(outs.phase).toBe("committed");
    expect(cloud.leftovers("faults01").toSorted()).toEqual(complete);
  });
});

describe("a quota that is refused in the middle", () => {
  it.each([
    ["Nova's 403", "compute", 403, { forbidden: { code: 403, message: "Quota exceeded" } }],
    ["413", "compute", 413, { overLimit: { code: 413, message: "Quota exceeded" } }],
    [
      "Nova's 500 for Glance's 413",
      "compute",
      500,
      { computeFault: { code: 500, message: "Unexpected API Error." } },
    ],
  ] as const)("as %s: no set, all is given back", async (_, service, status, body) => {
    arm({ service, action: "createImage", name: "compute1" }, { status, body });
    const said = await expectGivenBack();
    expect(said).toMatch(
      new RegExp(`^image of compute1 failed: compute createImage: POST \\S+ answered ${status}: `),
    );
  });

  it("as Cinder's 413: no set, all is given back", async () => {
    arm(
      { service: "block-storage", action: "createSnapshot" },
      { status: 413, body: { overLimit: { code: 413, message: "Maximum number of snapshots" } } },
    );
    expect(await expectGivenBack()).toMatch(
      /^block-storage createSnapshot: POST \S+ answered 413: Maximum number of snapshots/,
    );
  });
});

describe("the commit", () => {
  /** The anchor's only patch; the journal is patched too, which is another image. */
  const anchorPatch = async (then: Fault["then"], times = 1e9) => {
    await cloud.until("the anchor's image", () => cloud.imagesOf("faults01").length > 0);
    const anchor = await thing(() =>
      cloud.imagesOf("faults01").find((it) => it.properties["snapset_member"] === "controller"),
    );
    arm({ service: "image", action: "updateImage", name: anchor.id, nth: 1, times }, then);
  };

  it("that is refused for good: no set, all is given back", async () => {
    const given = expectGivenBack();
    await anchorPatch({ status: 403 });
    expect(await given).toMatch(/^image updateImage: PATCH \S+ answered 403: /);
  });

  it("whose answer is lost has happened: nothing is done twice", async () => {
    const done = expectComplete();
    await anchorPatch({ reset: true, afterwards: true }, 1);
    await done;
  });

  it("that nobody ever hears of has happened: the next up finds the set complete", async () => {
    const failed = failureOf(cloud.capture(captureOf(instances)));
    await anchorPatch({ reset: true, afterwards: true });
    const { kept } = await failed;
    if (kept === undefined) throw new Error("nothing was kept");
    cloud.world.faults.clear();
    cloud.world.requests.clear();
    expect((await cloud.resume(kept, captureOf(instances))).phase).toBe("committed");
    expect(cloud.world.requests.changes().map((it) => it.action)).toEqual(["deleteImage"]);
    expect(cloud.leftovers("faults01").toSorted()).toEqual(complete);
  });
});

describe("a volume's snapshot", () => {
  it("in error: no set, all is given back", async () => {
    arm({ action: "createSnapshot" }, { effect: "snapshotFails" });
    expect(await expectGivenBack()).toMatch(/^snapshot \S+ of compute0's data is error$/);
  });

  it("that cannot be deleted is named when the set is destroyed", async () => {
    const outs = await cloud.capture(captureOf(instances));
    arm({ action: "deleteSnapshot", nth: 1 }, { effect: "snapshotDeleteFails" });
    const { message } = await failureOf(cloud.remove(outs));
    const [snapshot] = cloud.world.volumes.snapshots();
    expect(message).toBe(
      `Cinder could not delete snapshot ${snapshot?.id ?? ""}: volumes that were restored from it may depend on it; ` +
        "destroy these first, or ask the cloud's operator to reset its state",
    );
    // Whatever is left of it, it is no set any more.
    await expect(cloud.select("faults01", [])).rejects.toThrow(
      /faults01 cannot be restored: it was never committed/,
    );
  });
});

describe("an image that nobody works on any more, as after a restart of nova-compute,", () => {
  const impatient = { deadlines: { stop: 60_000, images: 60_000, idle: 300 } };

  it("is deleted and asked for again", async () => {
    arm({ action: "createImage", name: "compute1", nth: 1 }, { effect: "imageStuckQueued" });
    expect((await cloud.capture(captureOf(instances, impatient))).phase).toBe("committed");
    expect(cloud.leftovers("faults01").toSorted()).toEqual(complete);
    expect(cloud.asked("compute createImage")).toBe(4);
  });

  it("fails the capture when that happens every time", async () => {
    arm({ action: "createImage", name: "compute1" }, { effect: "imageStuckQueued" });
    expect(await expectGivenBack(impatient)).toMatch(
      /^image of compute1 failed: image \S+ is queued and Nova has no task for it \(3 attempts\)$/,
    );
  });

  it("or never ends saving meets the deadline; what cannot be given back is said", async () => {
    arm({ action: "createImage", name: "compute1" }, { effect: "imageStuckSaving" });
    const deadlines = { stop: 1000, images: 1500, idle: 30_000 };
    const { message, kept } = await failureOf(cloud.capture(captureOf(instances, { deadlines })));
    const [first, second, third] = message.split("\n");
    expect(first).toMatch(
      /^timed out after 1\.\d s waiting for images of set faults01; last seen: 2\/3, .*compute1 image_uploading/,
    );
    // Nova lets nobody start a server while its task runs.
    expect(second).toMatch(
      /^not everything could be given back: timed out after \S+ s waiting for compute0, compute1 to be ACTIVE; last seen: .*compute1 SHUTOFF \(image_uploading\)$/,
    );
    expect(third).toBe(
      "set faults01 is not committed; shut off: compute0, compute1, controller. " +
        "`pulumi up` goes on from here; `pulumi destroy` removes its images and starts the servers again",
    );
    expect(kept?.phase).toBe("unfinished");
  });
});

describe("guests", () => {
  it("that ignore the power button are recorded as not graceful", async () => {
    await cloud.close();
    // Nova's minute takes three seconds.
    cloud = await FaultyCloud.open({ timeScale: 20 });
    instances = cloud.bootThree();
    arm({ action: "os-stop", name: "compute1" }, { effect: "ignoresAcpi" });
    const outs = await cloud.capture(captureOf(instances, { shutdownTimeout: 3000 }));
    expect(outs.phase).toBe("committed");
    const { members } = cloud.manifestOf("faults01");
    expect(members.map(({ name, stop }) => [name, stop])).toEqual([
      ["controller", "graceful"],
      ["compute0", "graceful"],
      ["compute1", "forced"],
    ]);
    expect(members[2]?.stopSeconds).toBeGreaterThanOrEqual(3);
    expect(outs.progress.timings.find(({ name }) => name === "stop")?.evidence).toMatch(
      /^3 servers SHUTOFF, of which stopped: compute0 \(graceful, \d s\), compute1 \(forced, \d s\), controller \(graceful, \d s\)$/,
    );
  });
});

describe("the cloud", () => {
  it("may be a day ahead of this machine: the set is dated by the cloud", async () => {
    await cloud.close();
    const dayAhead = Date.now() + 86_400_000;
    cloud = await FaultyCloud.open({ time: aheadBy(86_400_000) });
    instances = cloud.bootThree();
    await cloud.capture(captureOf(instances));
    const { capturedAt, phases } = cloud.manifestOf("faults01");
    for (const at of [capturedAt, ...phases.map(({ startedAt }) => startedAt)]) {
      expect(Math.abs(Date.parse(at) - dayAhead)).toBeLessThan(60_000);
    }
  });

  it.each([
    ["shows an image as active while Nova's task goes on", "imageActiveEarly"],
    ["lets an upload fail and the image go back to queued", "imageUploadFails"],
  ] as const)("%s: the set becomes complete", async (_, effect) => {
    arm({ action: "createImage", name: "compute1", nth: 1 }, { effect });
    const deadlines = { stop: 60_000, images: 60_000, idle: 300 };
    expect((await cloud.capture(captureOf(instances, { deadlines }))).phase).toBe("committed");
    expect(cloud.leftovers("faults01").toSorted()).toEqual(complete);
    expect(cloud.asked("compute createImage")).toBe(effect === "imageActiveEarly" ? 3 : 4);
  });

  it.each([409, 503] as const)(
    "takes two images at a time on a host, and says %s to more: that is learned",
    async (status) => {
      await cloud.close();
      cloud = await FaultyCloud.open({ timeScale: 100 });
      cloud.world.settings.hostLimit = { snapshots: 2, status };
      instances = cloud.bootThree();
      for (let i = 2; i < 8; i += 1) instances.push(cloud.boot(`compute${i}`, "compute", 10 + i));
      expect((await cloud.capture(captureOf(instances))).phase).toBe("committed");
      expect(cloud.imagesOf("faults01")).toHaveLength(9);
      // Not hard-wired, so it has to try; but it does not go on with five at a time.
      expect(cloud.asked("compute createImage")).toBeLessThan(9 * 2);
    },
  );

  it("cuts an answer in the middle of its body: the capture asks again", async () => {
    arm(
      { service: "compute", action: "listServersDetail", nth: 3, times: 1 },
      { reset: true, midBody: true },
    );
    arm(
      { service: "image", action: "listImages", nth: 2, times: 1 },
      { reset: true, midBody: true },
    );
    await expectComplete();
  });
});

/** A cloud whose clocks go before this machine's. */
function aheadBy(ms: number): TimeSource {
  return {
    now: () => realTime.now() + ms,
    setTimer: (wait, then) => realTime.setTimer(wait, then),
  };
}

/** Waits for something to be there. */
async function thing<T>(look: () => T | undefined): Promise<T> {
  await cloud.until("it to be there", () => look() !== undefined);
  const found = look();
  if (found === undefined) throw new Error("it is gone again");
  return found;
}

it("the token may expire in every phase", async () => {
  const captured = cloud.capture(captureOf(instances));
  for (const action of [
    "image createImage",
    "compute os-stop",
    "compute createImage",
    "block-storage createSnapshot",
    "image updateImage",
  ]) {
    await cloud.until(action, () => cloud.asked(action) > 0);
    cloud.world.revokeTokens();
  }
  expect((await captured).phase).toBe("committed");
  expect(cloud.leftovers("faults01").toSorted()).toEqual(complete);
});
