import { systemClock } from "../../common/clock";
import { callerOf } from "../../sandbox/world/identity";
import type { Instance } from "../../snapset/snapsetData";
import { allRunning, captureOf, failureOf, FaultyCloud } from "./FaultyCloud";

jest.setTimeout(60_000);

let cloud: FaultyCloud;
let instances: Instance[];

beforeEach(async () => {
  cloud = await FaultyCloud.open({ timeScale: 20 });
  instances = cloud.bootThree();
});
afterEach(() => cloud.close());

/** Until no server has a task any more. */
const settled = () =>
  cloud.until("all tasks to end", () =>
    Object.values(cloud.states()).every((state) => !state.includes(" ")),
  );

describe("a server that is going down", () => {
  it("is not taken for running by the give-back of a capture that failed meanwhile", async () => {
    cloud.world.faults.add({
      match: { service: "compute", action: "os-stop", name: "compute1" },
      then: { status: 403, body: { forbidden: { code: 403, message: "Policy says no." } } },
    });
    const { message } = await failureOf(cloud.capture(captureOf(instances)));
    expect(message).toContain("the capture is given back");
    await settled();
    expect(cloud.states()).toEqual(allRunning);
  });

  it("is started again by destroy, straight after a kill -9 in the stop", async () => {
    const failed = failureOf(cloud.capture(captureOf(instances)));
    await cloud.until("a stop", () => cloud.asked("compute os-stop") === 2);
    cloud.world.faults.add({ match: { action: "*" }, then: { status: 400 } });
    await failed;
    cloud.world.faults.clear();
    await cloud.forget("faults01", "Delete");
    await settled();
    expect(cloud.states()).toEqual(allRunning);
  });
});

describe("deletionPolicy Retain", () => {
  const retained = () => captureOf(instances, { deletionPolicy: "Retain", afterCapture: "resume" });
  const failResume = () =>
    cloud.world.faults.add({
      match: { service: "compute", action: "os-start", nth: 1 },
      then: { status: 500 },
    });

  it("keeps a committed set whose source could not be resumed", async () => {
    failResume();
    const { kept, message } = await failureOf(cloud.capture(retained()));
    expect(message).toContain("set faults01 is committed");
    if (kept === undefined) throw new Error("nothing kept");
    await cloud.remove(kept);
    await cloud.forget("faults01", "Retain");
    expect(cloud.imagesOf("faults01")).toHaveLength(3);
    expect((await cloud.select("faults01", [])).chosen).toBe("faults01");
    expect(cloud.states()).toEqual(allRunning);
  });

  it("keeps a committed set whose engine was killed during the resume", async () => {
    failResume();
    await failureOf(cloud.capture(retained()));
    await cloud.forget("faults01", "Retain");
    expect(cloud.imagesOf("faults01")).toHaveLength(3);
    expect(cloud.states()).toEqual(allRunning);
    expect(cloud.leftovers("faults01")).not.toContain("snapset-capture-faults01");
  });
});

describe("what a capture finds that begins anew", () => {
  it("is looked at: somebody deleted the journal of a killed one and let the servers run", async () => {
    cloud.world.faults.add({
      match: { service: "compute", action: "createImage", name: "compute1", nth: 1, times: 1000 },
      then: { status: 409 },
    });
    const failed = failureOf(cloud.capture(captureOf(instances)));
    await cloud.until("compute0's image", () =>
      cloud
        .imagesOf("faults01")
        .some((it) => it.properties["snapset_member"] === "compute0" && it.status === "active"),
    );
    await cloud.until("its task to end", () => cloud.states()["compute0"] === "SHUTOFF");
    cloud.world.faults.clear();
    cloud.world.faults.add({ match: { action: "*" }, then: { status: 400 } });
    await failed;
    cloud.world.faults.clear();
    const old = cloud
      .imagesOf("faults01")
      .find((it) => it.properties["snapset_member"] === "compute0");
    // As the refusal of another capture of these servers says: "if that stack is lost, delete image …"
    const journal = cloud.world.images.all().find((it) => it.tags.includes("snapset-capture"));
    cloud.world.images.remove(journal?.id ?? "");
    await settled();
    for (const { name } of instances) cloud.start(name);
    await systemClock.sleep(1100);

    const outs = await cloud.capture(captureOf(instances));
    expect(outs.phase).toBe("committed");
    expect(outs.images.map(({ imageId }) => imageId)).not.toContain(old?.id);
  });
});

describe("a capture that was killed and goes on with other servers", () => {
  it("is refused: nobody would look after those that are not in it any more", async () => {
    const failed = failureOf(cloud.capture(captureOf(instances)));
    await cloud.until("an image", () => cloud.imagesOf("faults01").length === 3);
    cloud.world.faults.add({ match: { action: "*" }, then: { status: 400 } });
    await failed;
    cloud.world.faults.clear();
    await settled();
    const fewer = captureOf(instances.slice(0, 2), { afterCapture: "resume" });
    const { message } = await failureOf(cloud.capture(fewer));
    expect(message).toContain(
      "set faults01 was begun with other servers (controller, compute0, compute1): name these again",
    );
    expect(cloud.leftovers("faults01")).toContain("snapset-capture-faults01");
  });
});

describe("a server that was put back in place to a set of its own", () => {
  it("keeps the images that its user makes of it when the set is destroyed", async () => {
    const outs = await cloud.capture(captureOf(instances));
    const { compute, identity } = cloud.world;
    const who = callerOf(identity.logIn({ name: "demo" }, "sandbox", undefined));
    const row = outs.images.find(({ member }) => member === "compute0");
    const server = compute.servers.all().find((it) => it.name === "compute0");
    if (server === undefined) throw new Error("no server");
    // As mode restore does it with snapset:restore reset, of an environment that was captured itself.
    compute.rebuilding.rebuild(server, who, row?.imageId ?? "");
    cloud.world.clock.advance(60_000);
    await settled();
    const backup = cloud.world.somebody.createImage("compute0", "backup-of-compute0");
    cloud.world.clock.advance(60_000);
    await settled();
    expect(cloud.world.images.get(backup)?.status).toBe("active");

    await cloud.remove(outs);
    expect(cloud.world.images.get(backup)?.name).toBe("backup-of-compute0");
  });
});

describe("a volume's snapshot that an interrupted capture has left", () => {
  it("is not taken over when its server has run since: Cinder tells times without a zone", async () => {
    const volumeId = cloud.attachVolume("compute0", "data");
    cloud.world.faults.add({
      match: { service: "compute", action: "createImage", nth: 1, times: 1000 },
      then: { status: 409 },
    });
    const failed = failureOf(cloud.capture(captureOf(instances)));
    const snapshot = () => cloud.world.volumes.snapshots().find((it) => it.volumeId === volumeId);
    await cloud.until("the snapshot", () => snapshot()?.status === "available");
    cloud.world.faults.clear();
    cloud.world.faults.add({ match: { action: "*" }, then: { status: 400 } });
    await failed;
    cloud.world.faults.clear();
    const old = snapshot();
    await settled();
    cloud.start("compute0");
    const outs = await cloud.capture(captureOf(instances));
    expect(outs.phase).toBe("committed");
    expect(outs.snapshots.map(({ snapshotId }) => snapshotId)).not.toContain(old?.id);
  });
});
