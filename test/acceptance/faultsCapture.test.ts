import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import type { Instance } from "../../snapset/snapsetData";
import { captureOf, expectUntouched, failureOf, FaultyCloud } from "./FaultyCloud";

jest.setTimeout(60_000);

let cloud: FaultyCloud;
let instances: Instance[];

beforeEach(async () => {
  cloud = await FaultyCloud.open();
  instances = cloud.bootThree();
});
afterEach(() => cloud.close());

const allRunning = { controller: "ACTIVE", compute0: "ACTIVE", compute1: "ACTIVE" };
const allOff = { controller: "SHUTOFF", compute0: "SHUTOFF", compute1: "SHUTOFF" };
const bothWaysOut =
  "set faults01 is not committed; shut off: compute0, compute1, controller. " +
  "`pulumi up` goes on from here; `pulumi destroy` removes its images and starts the servers again";

const seen = (what: string, isSeen: () => boolean) =>
  waitFor({
    what,
    observe: () => Promise.resolve(isSeen()),
    isDone: (it) => it,
    describe: () => JSON.stringify(cloud.world.requests.counts()),
    deadlineMs: 30_000,
    intervalMs: 2,
    maxIntervalMs: 2,
    clock: systemClock,
  });

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
        `  - instance controller (${gone}) is not found in cloud sandbox`,
        `  - instance compute0 (${compute0.uuid}) has no port with MAC fa:16:9e:00:00:99; it has fa:16:9e:00:00:02`,
      ].join("\n"),
    );
  });
});

describe("a capture goes on by itself", () => {
  it("when its token stops working between phases, with one new token for all callers", async () => {
    cloud.world.requests.clear();
    const captured = cloud.capture(captureOf(instances));
    for (const action of ["compute os-stop", "compute createImage", "image updateImage"]) {
      await seen(action, () => cloud.asked(action) > 0);
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

describe("a capture that fails half-way", () => {
  const vanish = () => {
    cloud.world.faults.add({
      match: { action: "createImage", name: "compute0", nth: 1 },
      then: { effect: "imageVanishes" },
    });
    return failureOf(cloud.capture(captureOf(instances)));
  };

  it("names the member whose image vanished, and both ways out", async () => {
    const { message, kept } = await vanish();
    expect(message).toBe(
      `image of compute0 failed: image ${idOfImage(message)} is gone: ` +
        `Nova removes the image of a snapshot that failed\n${bothWaysOut}`,
    );
    expect(kept).toMatchObject({ phase: "unfinished", images: [] });
  });

  it("is completed by the next up, which images only what is missing", async () => {
    const { kept } = await vanish();
    if (kept === undefined) throw new Error("nothing was kept");
    const outs = await cloud.resume(kept, captureOf(instances));
    expect(outs.phase).toBe("committed");
    expect(cloud.asked("compute createImage")).toBe(4);
    expect(cloud.imagesOf("faults01")).toHaveLength(3);
    expect((await cloud.select("faults01", [])).chosen).toBe("faults01");
    expect(cloud.states()).toEqual(allOff);
  });

  it("is given back by destroy: images gone, servers started again", async () => {
    const { kept } = await vanish();
    if (kept === undefined) throw new Error("nothing was kept");
    await cloud.remove(kept);
    expect(cloud.imagesOf("faults01")).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("is given back by destroy while Nova still works on an image", async () => {
    await cloud.close();
    // slow enough for compute1's snapshot to be under way when the capture has failed
    cloud = await FaultyCloud.open({ timeScale: 15 });
    instances = cloud.bootThree();
    cloud.world.faults.add({
      match: { service: "compute", action: "createImage", name: "compute0" },
      then: { status: 403, body: { forbidden: { code: 403, message: "Policy says no." } } },
    });
    const { message, kept } = await failureOf(cloud.capture(captureOf(instances)));
    expect(message.split("\n")[0]).toMatch(
      /^image of compute0 failed: compute createImage: POST \S+ answered 403: Policy says no\. \(request req-[0-9a-f-]{36}\)$/,
    );
    expect(cloud.states()["compute1"]).toMatch(/^SHUTOFF image_/);
    if (kept === undefined) throw new Error("nothing was kept");
    await cloud.remove(kept);
    expect(cloud.imagesOf("faults01")).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("is given back by destroy although one of its servers has been deleted meanwhile", async () => {
    const { kept } = await vanish();
    if (kept === undefined) throw new Error("nothing was kept");
    cloud.deleteServer("compute1");
    await cloud.remove(kept);
    expect(cloud.imagesOf("faults01")).toEqual([]);
    expect(cloud.states()).toEqual({ controller: "ACTIVE", compute0: "ACTIVE" });
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
