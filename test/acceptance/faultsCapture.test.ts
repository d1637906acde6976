import type { Instance } from "../../snapset/snapsetData";
import { allRunning, captureOf, expectUntouched, failureOf, FaultyCloud } from "./FaultyCloud";

jest.setTimeout(60_000);

let cloud: FaultyCloud;
let instances: Instance[];

beforeEach(async () => {
  cloud = await FaultyCloud.open();
  instances = cloud.bootThree();
});
afterEach(() => cloud.close());

const allOff = { controller: "SHUTOFF", compute0: "SHUTOFF", compute1: "SHUTOFF" };
const bothWaysOut =
  "set faults01 is not committed; shut off: compute0, compute1, controller. " +
  "`pulumi up` goes on from here; `pulumi destroy` removes its images and starts the servers again";

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("nothing was kept");
  return value;
}

/** The image that a message is about. */
const idOfImage = (text: string) => /image ([0-9a-f-]{36})/.exec(text)?.[1] ?? "";

describe("a capture that can be known to fail changes nothing", () => {
  const refusalOf = async (changes: Parameters<typeof captureOf>[1] = {}) => {
    const { message, kept } = await expectUntouched(cloud, () =>
      failureOf(cloud.capture(captureOf(instances, changes))),
    );
    expect(kept).toBeUndefined();
    return message;
  };

  it("of an instance in ERROR", async () => {
    cloud.world.faults.add({ match: { action: "createServer" }, then: { effect: "bootFails" } });
    const broken = cloud.boot("compute2", "compute", 4);
    instances.push(broken);
    expect(await refusalOf()).toBe(
      `capture: instance compute2 (${broken.uuid}) is ERROR: No valid host was found. ` +
        "There are not enough hosts available.; it must be ACTIVE or SHUTOFF",
    );
  });

  it("of an instance that somebody else is imaging", async () => {
    const [controller] = instances;
    if (controller === undefined) throw new RangeError("no server");
    // One that never ends, so that nothing changes under the eyes of the test.
    const stuck = { effect: "imageStuckSaving" } as const;
    cloud.world.faults.add({ match: { action: "createImage" }, then: stuck });
    cloud.imageBySomebody(controller);
    cloud.world.clock.advance(10_000);
    expect(await refusalOf()).toBe(
      `capture: instance controller (${controller.uuid}) is busy (image_uploading): ` +
        "wait until that is over and run again",
    );
  });

  it("under a name that is too long for an image", async () => {
    const name = "n".repeat(230);
    instances.push(cloud.boot(name, "compute", 4));
    expect(await refusalOf()).toBe(
      `capture: instances.${name}: the image name would have 257 characters, Glance allows 255: ` +
        `hotstack-${"n".repeat(51)}…`,
    );
  });

  it("for every reason at once", async () => {
    const [controller, compute0] = instances;
    if (controller === undefined || compute0 === undefined) throw new RangeError("no servers");
    const gone = "00000000-0000-4000-8000-000000000000";
    instances = [
      { ...controller, uuid: gone },
      { ...compute0, macAddress: "fa:16:9e:00:00:99" },
    ];
    expect(await refusalOf()).toBe(
      [
        "capture: 2 problems",
        `  - instance controller (${gone}) is not found in cloud sandbox: take it out of the capture, or name another cloud or region`,
        `  - instance compute0 (${compute0.uuid}) has no port with MAC fa:16:9e:00:00:99; it has fa:16:9e:00:00:02`,
      ].join("\n"),
    );
  });
});

describe("a capture goes on by itself", () => {
  it("when its token stops working between phases, with one new token for all callers", async () => {
    cloud.world.requests.clear();
    const captured = cloud.capture(captureOf(instances));
    for (const action of ["image createImage", "compute os-stop", "compute createImage"]) {
      await cloud.until(action, () => cloud.asked(action) > 0);
      cloud.world.revokeTokens();
    }
    expect((await captured).phase).toBe("committed");
    expect(cloud.asked("identity createToken")).toBe(4);
    expect(cloud.imagesOf("faults01")).toHaveLength(3);
  });

  it("when the second createImage meets another task", async () => {
    cloud.world.faults.add({
      match: { service: "compute", action: "createImage", nth: 2 },
      then: { status: 409 },
    });
    const { images } = await cloud.capture(captureOf(instances));
    expect(images.map((row) => row.member)).toEqual(instances.map((it) => it.name));
    expect(cloud.asked("compute createImage")).toBe(4);
    expect(cloud.imagesOf("faults01")).toHaveLength(3);
  });

  it("when the answer of createImage is lost, without a second image", async () => {
    cloud.world.faults.add({
      match: { service: "compute", action: "createImage", nth: 2 },
      then: { reset: true, afterwards: true },
    });
    expect((await cloud.capture(captureOf(instances))).phase).toBe("committed");
    expect(cloud.asked("compute createImage")).toBe(3);
    expect(cloud.imagesOf("faults01")).toHaveLength(3);
  });
});

/** Nova deletes every image of compute0, however often it is asked for. */
const vanish = (times?: number) => {
  cloud.world.faults.add({
    match: { action: "createImage", name: "compute0", nth: 1, times: times ?? 1000 },
    then: { effect: "imageVanishes" },
  });
};

describe("an image that Nova deletes in mid-upload", () => {
  it("is asked for again, and the set becomes complete", async () => {
    vanish(2);
    const outs = await cloud.capture(captureOf(instances));
    expect(outs.phase).toBe("committed");
    expect(cloud.asked("compute createImage")).toBe(3 + 2);
    expect(cloud.imagesOf("faults01")).toHaveLength(3);
  });

  it("fails the capture in the end, which gives everything back and says so", async () => {
    vanish();
    const { message, kept } = await failureOf(cloud.capture(captureOf(instances)));
    const images = Number(/: (\d) images? deleted/.exec(message)?.[1]);
    expect(message).toBe(
      `image of compute0 failed: image ${idOfImage(message)} is gone: ` +
        "Nova removes the image of a snapshot that failed (3 attempts)\n" +
        `the capture is given back: ${images} image${images === 1 ? "" : "s"} deleted; ` +
        "3 servers ACTIVE again: controller, compute0, compute1. " +
        "`pulumi up` begins it anew; snapset:onFailure: keep would leave it for the next up",
    );
    expect(kept).toMatchObject({ phase: "given back", images: [], progress: { stopped: {} } });
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("can be begun anew after that, under the same snap_id", async () => {
    vanish(3);
    const { kept } = await failureOf(cloud.capture(captureOf(instances)));
    const outs = await cloud.resume(required(kept), captureOf(instances));
    expect(outs.phase).toBe("committed");
    expect(cloud.leftovers("faults01")).toHaveLength(3);
    expect(cloud.states()).toEqual(allOff);
  });

  it("leaves a server that was off before as it was", async () => {
    cloud.stop("compute1");
    vanish();
    await failureOf(cloud.capture(captureOf(instances)));
    expect(cloud.states()).toEqual({ ...allRunning, compute1: "SHUTOFF" });
  });
});

/** Ids of the set's images and snapshots, by member. */
function idsByMember(): Record<string, string[]> {
  const images = cloud.imagesOf("faults01").map((it) => [it.properties["snapset_member"], it.id]);
  const snapshots = cloud.world.volumes
    .snapshots()
    .map((it) => [it.metadata["snapset_member"], it.id]);
  const all = [...images, ...snapshots] as [string, string][];
  return Object.fromEntries(
    instances.map(({ name }) => [name, all.filter(([of]) => of === name).map(([, id]) => id)]),
  );
}

describe("a capture that fails half-way under onFailure: keep", () => {
  const keep = () => captureOf(instances, { onFailure: "keep" });
  const failKeeping = () => failureOf(cloud.capture(keep()));

  it("names the member whose image vanished, and both ways out", async () => {
    vanish();
    const { message, kept } = await failKeeping();
    expect(message).toBe(
      `image of compute0 failed: image ${idOfImage(message)} is gone: ` +
        `Nova removes the image of a snapshot that failed (3 attempts)\n${bothWaysOut}`,
    );
    expect(kept).toMatchObject({ phase: "unfinished", images: [] });
  });

  it("is completed by the next up, which images only what is missing", async () => {
    vanish(3);
    const { kept } = await failKeeping();
    const outs = await cloud.resume(required(kept), keep());
    expect(outs.phase).toBe("committed");
    expect(cloud.asked("compute createImage")).toBe(2 + 3 + 1);
    expect(cloud.leftovers("faults01")).toHaveLength(3);
    expect((await cloud.select("faults01", [])).chosen).toBe("faults01");
    expect(cloud.states()).toEqual(allOff);
    const { members } = cloud.manifestOf("faults01");
    expect(members.map(({ name, stop }) => [name, stop])).toEqual([
      ["controller", "graceful"],
      ["compute0", "graceful"],
      ["compute1", "graceful"],
    ]);
  });

  it("makes anew what is not on the disks any more, because somebody let a server run", async () => {
    cloud.attachVolume("controller", "data");
    vanish(3);
    const { kept } = await failKeeping();
    const before = idsByMember();
    cloud.start("controller");
    cloud.stop("controller");
    const outs = await cloud.resume(required(kept), keep());
    expect(outs.phase).toBe("committed");
    expect(outs.progress.timings.find(({ name }) => name === "adopt")?.evidence).toMatch(
      /^2 of 3 images found; made anew because the source ran since: controller \(start at \S+\)$/,
    );
    const after = idsByMember();
    expect(after["compute1"]).toEqual(before["compute1"]);
    expect(after["controller"]).not.toEqual(before["controller"]);
    expect(after["controller"]).toHaveLength(2);
    expect(after["controller"]?.some((id) => before["controller"]?.includes(id))).toBe(false);
  });

  it("is given back by destroy: images gone, servers started again", async () => {
    vanish();
    const { kept } = await failKeeping();
    await cloud.remove(required(kept));
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("is given back by destroy although one of its servers has been deleted meanwhile", async () => {
    vanish();
    const { kept } = await failKeeping();
    cloud.deleteServer("compute1");
    await cloud.remove(required(kept));
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.states()).toEqual({ controller: "ACTIVE", compute0: "ACTIVE" });
  });
});

describe("a member that Nova refuses", () => {
  it("ends the capture, which gives back although Nova still works on other images", async () => {
    await cloud.close();
    // slow enough for compute1's snapshot to be under way when the capture has failed
    cloud = await FaultyCloud.open({ timeScale: 15 });
    instances = cloud.bootThree();
    cloud.world.faults.add({
      match: { service: "compute", action: "createImage", name: "compute0" },
      then: { status: 403, body: { forbidden: { code: 403, message: "Policy says no." } } },
    });
    const { message } = await failureOf(cloud.capture(captureOf(instances)));
    expect(message.split("\n")[0]).toMatch(
      /^image of compute0 failed: compute createImage: POST \S+ answered 403: Policy says no\. \(request req-[0-9a-f-]{36}\)$/,
    );
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("is not followed by requests for further members", async () => {
    await cloud.close();
    cloud = await FaultyCloud.open();
    instances = cloud.bootThree();
    instances.push(
      ...Array.from({ length: 40 }, (_, i) => cloud.boot(`worker${i}`, "compute", 10 + i)),
    );
    cloud.world.faults.add({
      match: { service: "compute", action: "createImage", nth: 1, times: 100 },
      then: { status: 403, body: { forbidden: { code: 403, message: "Policy says no." } } },
    });
    await failureOf(
      cloud.capture(captureOf(instances, { parallelImages: 100, imagesPerHost: 100 })),
    );
    expect(cloud.asked("compute createImage")).toBeLessThanOrEqual(16);
  });
});

describe("a set that was committed, but whose engine was killed before it heard of that,", () => {
  it("is removed by destroy", async () => {
    await cloud.capture(captureOf(instances));
    await cloud.forget("faults01", "Delete");
    expect(cloud.leftovers("faults01")).toEqual([]);
  });

  it("stays under deletionPolicy: Retain", async () => {
    await cloud.capture(captureOf(instances));
    await cloud.forget("faults01", "Retain");
    expect(cloud.leftovers("faults01")).toHaveLength(3);
  });

  it("is found by the next up, which does nothing", async () => {
    const { images } = await cloud.capture(captureOf(instances));
    cloud.world.requests.clear();
    const outs = await cloud.capture(captureOf(instances));
    expect([outs.phase, outs.images]).toEqual(["committed", images]);
    expect(cloud.world.requests.changes()).toEqual([]);
  });
});

describe("afterCapture: resume", () => {
  const resuming = () => captureOf(instances, { afterCapture: "resume" });

  it("starts again what the capture stopped, and nothing else", async () => {
    cloud.stop("compute1");
    const outs = await cloud.capture(resuming());
    expect(outs.phase).toBe("committed");
    expect(cloud.states()).toEqual({ ...allRunning, compute1: "SHUTOFF" });
    expect(cloud.leftovers("faults01")).toHaveLength(3);
    expect(outs.progress.timings.at(-1)).toMatchObject({
      name: "resume",
      evidence: "2 servers ACTIVE again: controller, compute0",
    });
  });

  it("goes on with that after a failure, without another image", async () => {
    cloud.world.faults.add({
      match: { service: "compute", action: "os-start", nth: 1 },
      then: { status: 500 },
    });
    const { message, kept } = await failureOf(cloud.capture(resuming()));
    expect(message).toMatch(
      /^compute startServer: POST \S+ answered 500: .*\nset faults01 is committed, but its source is not back\. `pulumi up` goes on with that$/,
    );
    expect((await cloud.select("faults01", [])).chosen).toBe("faults01");
    const outs = await cloud.resume(required(kept), resuming());
    expect(outs.phase).toBe("committed");
    expect(cloud.asked("compute createImage")).toBe(3);
    expect(cloud.states()).toEqual(allRunning);
    expect(cloud.leftovers("faults01")).toHaveLength(3);
  });
});

describe("servers that are imaged while they run", () => {
  it("go on running, and the set says what it is worth (crash)", async () => {
    const outs = await cloud.capture(captureOf(instances, { consistency: "crash" }));
    expect(outs.phase).toBe("committed");
    expect(cloud.states()).toEqual(allRunning);
    expect(cloud.asked("compute os-stop")).toBe(0);
    const { consistency, members } = cloud.manifestOf("faults01");
    expect(consistency).toBe("crash");
    for (const { stop, indications } of members) {
      expect([stop, indications]).toEqual(["running", ["Online", "NoGuestAgent"]]);
    }
  });

  it("are frozen by their agents where they have one (quiesce)", async () => {
    instances.push(cloud.boot("agent0", "compute", 9, { hw_qemu_guest_agent: "yes" }));
    await cloud.capture(captureOf(instances, { consistency: "quiesce" }));
    expect(cloud.states()).toEqual({ ...allRunning, agent0: "ACTIVE" });
    expect([cloud.freezesOf("agent0"), cloud.freezesOf("compute1")]).toEqual([1, 0]);
    // Nova would have made the image of this one without an answer, too.
    expect(cloud.manifestOf("faults01").members.at(-1)?.indications).toEqual([
      "Online",
      "NoGuestAgent",
    ]);
  });
});

describe("names that are not ASCII", () => {
  it("come back the same in names, tags and in the selection", async () => {
    const names = ["контролер-ø", "計算機-0", "nœud 🚀"];
    const odd = [
      cloud.boot(names[0] ?? "", "controller", 11),
      cloud.boot(names[1] ?? "", "compute", 12),
      cloud.boot(names[2] ?? "", "compute", 13),
    ];
    const outs = await cloud.capture(captureOf(odd, { environmentName: "Umgebung ä" }));
    expect(outs.images.map((row) => row.member)).toEqual(names);
    for (const { name, role, macAddress } of odd) {
      const image = cloud
        .imagesOf("faults01")
        .find((it) => it.properties["snapset_member"] === name);
      expect(image?.name).toBe(`hotstack-${name}-snapshot-faults01`);
      expect(image?.tags).toEqual([
        "hotstack",
        "hotstack-snapset",
        `name=${name}`,
        `role=${role}`,
        "snap_id=faults01",
        `mac_address=${macAddress}`,
      ]);
    }
    const nodes = odd.map(({ name, role }) => ({ name, role }));
    const { images } = await cloud.select("faults01", nodes);
    expect(Object.keys(images).toSorted()).toEqual(names.toSorted());
  });
});
