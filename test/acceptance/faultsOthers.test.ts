import type { Instance } from "../../snapset/snapsetData";
import { allRunning, captureOf, expectUntouched, failureOf, FaultyCloud } from "./FaultyCloud";

jest.setTimeout(60_000);

let cloud: FaultyCloud;
let instances: Instance[];

beforeEach(async () => {
  // An image takes a second and a half.
  cloud = await FaultyCloud.open({ timeScale: 20 });
  instances = cloud.bootThree();
});
afterEach(() => cloud.close());

const taskOf = (name: string) => cloud.states()[name] ?? "";
const uploading = (name: string) =>
  cloud.until(`${name} to be uploading`, () => taskOf(name).includes("image_uploading"));
const imageOf = (member: string) =>
  cloud.imagesOf("faults01").find((image) => image.properties["snapset_member"] === member);

/** Holds back the image of one member, so that others are finished long before the capture is. */
const delayImageOf = (name: string, times = 2) => {
  cloud.world.faults.add({
    match: { service: "compute", action: "createImage", name, nth: 1, times },
    then: { status: 409 },
  });
};

describe("somebody else, during a capture,", () => {
  it("deletes a server that is being imaged: no set, the others are given back", async () => {
    const failed = failureOf(cloud.capture(captureOf(instances)));
    await uploading("compute0");
    cloud.deleteServer("compute0");
    const { message } = await failed;
    expect(message.split("\n")[0]).toBe(
      "image of compute0 failed: its server was deleted during the capture",
    );
    expect(message).toMatch(
      /2 servers ACTIVE again: controller, compute1; deleted meanwhile: compute0/,
    );
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.states()).toEqual({ controller: "ACTIVE", compute1: "ACTIVE" });
  });

  it("starts a server whose image is finished: no set, all are given back", async () => {
    delayImageOf("compute1");
    const failed = failureOf(cloud.capture(captureOf(instances)));
    await cloud.until("compute0's image", () => imageOf("compute0")?.status === "active");
    await cloud.until("compute0's task to end", () => taskOf("compute0") === "SHUTOFF");
    cloud.start("compute0");
    const { message } = await failed;
    expect(message.split("\n")[0]).toBe(
      "image of compute0 failed: its server is ACTIVE: somebody started it during the capture",
    );
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("lets a server run for a moment between two looks: that is noticed too", async () => {
    delayImageOf("compute1", 4);
    const failed = failureOf(cloud.capture(captureOf(instances)));
    await cloud.until("compute0's tags", () => imageOf("compute0")?.tags.length === 6);
    // Nova says to the second when a server has changed.
    const finishedAt = Date.now();
    await cloud.until("another second", () => Date.now() > finishedAt + 1100);
    // All of it within one turn of this process: no request sees it.
    cloud.start("compute0");
    cloud.stop("compute0");
    const { message } = await failed;
    expect(message.split("\n")[0]).toMatch(
      /^image of compute0 failed: somebody let its server run during the capture \(start at \S+\)$/,
    );
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("attaches a volume: no set", async () => {
    delayImageOf("compute1");
    const failed = failureOf(cloud.capture(captureOf(instances)));
    await cloud.until("compute0 to be off", () => taskOf("compute0").startsWith("SHUTOFF"));
    const id = cloud.attachVolume("compute0", "late");
    const { message } = await failed;
    expect(message.split("\n")[0]).toBe(
      `image of compute0 failed: its volumes were changed during the capture: attached ${id}`,
    );
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("detaches a volume: no set, and no snapshot of it is left", async () => {
    const id = cloud.attachVolume("compute0", "data");
    delayImageOf("compute1");
    const failed = failureOf(cloud.capture(captureOf(instances)));
    await cloud.until("a snapshot", () => cloud.asked("block-storage createSnapshot") > 0);
    cloud.detachVolume("compute0", id);
    const { message } = await failed;
    expect(message.split("\n")[0]).toBe(
      `image of compute0 failed: its volumes were changed during the capture: detached ${id}`,
    );
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("deletes the anchor's image before the commit: no set", async () => {
    delayImageOf("compute1");
    const failed = failureOf(cloud.capture(captureOf(instances)));
    await cloud.until("the anchor's image", () => imageOf("controller")?.status === "active");
    await cloud.until("the anchor's task to end", () => taskOf("controller") === "SHUTOFF");
    await cloud.until("the anchor to be seen", () => imageOf("compute0")?.tags.length === 6);
    cloud.world.images.remove(imageOf("controller")?.id ?? "");
    const { message } = await failed;
    expect(message.split("\n")[0]).toBe(
      "image of controller failed: its image was deleted during the capture",
    );
    expect(cloud.leftovers("faults01")).toEqual([]);
    expect(cloud.states()).toEqual(allRunning);
  });

  it("images a server too: the capture waits for that, and goes on", async () => {
    const [controller] = instances;
    if (controller === undefined) throw new RangeError("no server");
    const captured = cloud.capture(captureOf(instances));
    await cloud.until(
      "the last one to be told to stop",
      () => cloud.asked("compute os-stop") === 3,
    );
    await cloud.until("the controller to be off", () => taskOf("controller") === "SHUTOFF");
    cloud.imageBySomebody(controller);
    expect((await captured).phase).toBe("committed");
    expect(cloud.imagesOf("faults01")).toHaveLength(3);
  });
});

describe("two captures of one environment at once", () => {
  const other = () => captureOf(instances.slice(0, 1), { snapId: "second02" });

  it("the second refuses, naming the first, and changes nothing", async () => {
    const first = cloud.capture(captureOf(instances));
    await cloud.until("the first to have begun", () => cloud.asked("compute os-stop") > 0);
    const images = cloud.world.images.all().filter((it) => it.tags.includes("snapset-capture"));
    const { message, kept } = await failureOf(cloud.capture(other()));
    const [begunAt = ""] = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(message) ?? [];
    expect(message).toBe(
      `capture: capture faults01 of environment faults, begun at ${begunAt}, has servers of this one and is under way ` +
        "or was interrupted: finish it with `pulumi up` in its stack, or give it back there with `pulumi destroy`; " +
        `if that stack is lost, delete image snapset-capture-faults01 (${images[0]?.id ?? ""})`,
    );
    expect(kept).toBeUndefined();
    expect((await first).phase).toBe("committed");
    expect(cloud.leftovers("second02")).toEqual([]);
  });

  it("begun in the same moment, one of them gives way", async () => {
    const results = await Promise.allSettled([
      cloud.capture(captureOf(instances)),
      cloud.capture(captureOf(instances, { snapId: "second02" })),
    ]);
    const committed = results.filter(({ status }) => status === "fulfilled");
    expect(committed).toHaveLength(1);
    const both = [...cloud.leftovers("faults01"), ...cloud.leftovers("second02")];
    expect(both).toHaveLength(3);
  });

  it("one after the other is no trouble", async () => {
    await cloud.capture(captureOf(instances));
    expect((await cloud.capture(other())).phase).toBe("committed");
  });
});

describe("images of another project with our tags", () => {
  it("are neither taken over, nor selected, nor deleted", async () => {
    const foreign = cloud.imageOfAnotherProject("compute0", "faults01", instances[1]?.uuid ?? "");
    const outs = await cloud.capture(captureOf(instances));
    expect(outs.images.map(({ imageId }) => imageId)).not.toContain(foreign.id);
    expect((await cloud.select("faults01", [])).images["compute0"]).not.toBe(foreign.id);
    await cloud.remove(outs);
    expect(cloud.leftovers("faults01")).toEqual([foreign.name]);
  });
});

it("a capture of servers that are gone by the time it begins changes nothing", async () => {
  cloud.deleteServer("compute1");
  await expectUntouched(cloud, () => failureOf(cloud.capture(captureOf(instances))));
});
