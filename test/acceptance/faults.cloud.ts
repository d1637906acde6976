import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import { connect, isConflict, type OpenStack } from "../../openstack";
import { decodeManifest, type Manifest } from "../../snapset/manifest";
import { journalTag } from "../../snapset/capture/journal";
import type { Instance } from "../../snapset/snapsetData";
import { Fixture } from "../contract/Fixture";
import { captureOf, failureOf } from "./FaultyCloud";
import { Providers } from "./Providers";

jest.setTimeout(600_000);

let client: OpenStack;
let fixture: Fixture;
let providers: Providers;
let instances: Instance[];
let networkId: string;

beforeAll(async () => {
  const { OS_CLOUD, OS_CLIENT_CONFIG_FILE } = process.env;
  if (OS_CLOUD === undefined) throw new Error("OS_CLOUD must name the cloud to test on");
  providers = new Providers({ OS_CLOUD, OS_CLIENT_CONFIG_FILE });
  client = await connect({ cloud: OS_CLOUD });
  fixture = await Fixture.open({ openStack: client, env: process.env });
  networkId = await fixture.makeNetwork();
  instances = await Promise.all([boot("controller", 1), boot("compute0", 2), boot("compute1", 3)]);
});
afterAll(() => fixture.close());

async function boot(name: string, octet: number): Promise<Instance> {
  const macAddress = `fa:16:9e:99:00:0${octet}`;
  const { id } = await fixture.makeServer(name, networkId, macAddress);
  const role = name === "controller" ? "controller" : "compute";
  return { name, uuid: id, role, macAddress };
}

/** A set of its own for each test; images one after the other, so that there is time to disturb. */
const setOf = (snapId: string) =>
  captureOf(instances, {
    snapId,
    parallelImages: 1,
    deadlines: { stop: 180_000, images: 300_000, idle: 30_000 },
  });

/** Another one for each test and each run of them. */
const idOf = (test: number) => `t${test}${fixture.suffix}`;

const until = (what: string, isTrue: () => Promise<boolean>) =>
  waitFor({
    what,
    observe: isTrue,
    isDone: (it) => it,
    describe: String,
    deadlineMs: 120_000,
    intervalMs: 50,
    maxIntervalMs: 50,
    clock: systemClock,
  });

const uuidOf = (name: string) => instances.find((it) => it.name === name)?.uuid ?? "";
const serverOf = (name: string) => client.compute.showServer(uuidOf(name));
const isImaged = (name: string) =>
  until(`${name} to be imaged`, async () => {
    const task = (await serverOf(name))["OS-EXT-STS:task_state"];
    return task?.startsWith("image_") ?? false;
  });
const isActive = (name: string, snapId: string) =>
  until(`the image of ${name} to be active`, async () => {
    const [image] = await client.image.listImages({ snapset_id: snapId, snapset_member: name });
    return image?.status === "active";
  });

/** Starts a server as soon as Nova lets it: not while its image is being made. */
const startSoon = (name: string) =>
  until(`${name} to be started`, async () => {
    try {
      await client.compute.startServer(uuidOf(name));
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  });

const allRunning = { controller: "ACTIVE", compute0: "ACTIVE", compute1: "ACTIVE" };

async function expectGivenBack(snapId: string, statuses: Record<string, string>): Promise<void> {
  expect(await client.image.listImages({ snapset_id: snapId })).toEqual([]);
  expect(await client.image.listImages({ tags: [journalTag] })).toEqual([]);
  const snapshots = await client.blockStorage.listSnapshots();
  expect(snapshots.filter(({ metadata }) => metadata["snapset_id"] === snapId)).toEqual([]);
  const servers = await Promise.all(
    Object.keys(statuses).map(async (name) => [name, (await serverOf(name)).status]),
  );
  expect(Object.fromEntries(servers)).toEqual(statuses);
}

async function manifestOf(snapId: string): Promise<Manifest> {
  const images = await client.image.listImages({ snapset_id: snapId });
  const anchor = images.find((image) => image["snapset_manifest"]);
  return decodeManifest(anchor ?? {}, "the anchor");
}

// The servers are the same for all of them, so the last test is the one that costs one.
describe("during a capture on a real cloud", () => {
  it("somebody starts a server whose image is finished: no set, all is given back", async () => {
    const failed = failureOf(providers.capture(setOf(idOf(1))));
    await isActive("controller", idOf(1));
    await startSoon("controller");
    const { message } = await failed;
    expect(message.split("\n")[0]).toMatch(
      /^image of controller failed: (its server is ACTIVE: somebody started it during the capture|somebody let its server run during the capture \(start at \S+\))$/,
    );
    await expectGivenBack(idOf(1), allRunning);
  });

  it("a second capture of one of its servers refuses, naming the first", async () => {
    const first = providers.capture({ ...setOf(idOf(2)), afterCapture: "resume" });
    await isImaged("controller");
    const second = captureOf(instances.slice(0, 1), { snapId: idOf(3) });
    const { message, kept } = await failureOf(providers.capture(second));
    expect(message).toMatch(/^capture: .*capture \S+ of environment faults, begun at /s);
    expect(kept).toBeUndefined();
    const outs = await first;
    expect(outs.phase).toBe("committed");
    await providers.remove(outs);
    await expectGivenBack(idOf(2), allRunning);
  });

  it("a volume is attached: no set, all is given back", async () => {
    const failed = failureOf(providers.capture(setOf(idOf(4))));
    await isActive("controller", idOf(4));
    const id = await fixture.attachNewVolume("late", uuidOf("controller"));
    const { message } = await failed;
    expect(message.split("\n")[0]).toBe(
      `image of controller failed: its volumes were changed during the capture: attached ${id}`,
    );
    await expectGivenBack(idOf(4), allRunning);
    // Nova gives an attachment up when the server is started, as here, before it is through with it.
    const { status } = await fixture.volumeIs(id, "in-use", "available");
    if (status === "in-use") await fixture.detachVolume(uuidOf("controller"), id);
  });

  it("a guest does not answer the power button: that is recorded", async () => {
    instances.push(await deafGuest());
    const outs = await providers.capture({ ...setOf(idOf(5)), afterCapture: "resume" });
    const { members } = await manifestOf(idOf(5));
    expect(members.map(({ name, stop }) => [name, stop])).toEqual([
      ["controller", "graceful"],
      ["compute0", "graceful"],
      ["compute1", "graceful"],
      ["deaf", "forced"],
    ]);
    expect(members.at(-1)?.stopSeconds).toBeGreaterThanOrEqual(10);
    await providers.remove(outs);
    expect(await client.image.listImages({ snapset_id: idOf(5) })).toEqual([]);
    instances.pop();
  });

  it("a server is deleted while it is imaged: no set, the others are given back", async () => {
    const failed = failureOf(providers.capture(setOf(idOf(6))));
    await isImaged("compute0");
    await client.compute.deleteServer(uuidOf("compute0"));
    const { message } = await failed;
    expect(message.split("\n")[0]).toBe(
      "image of compute0 failed: its server was deleted during the capture",
    );
    await expectGivenBack(idOf(6), { controller: "ACTIVE", compute1: "ACTIVE" });
  });
});

/** A server with nothing on its disk: its firmware waits for ever and knows no power button. */
async function deafGuest(): Promise<Instance> {
  const image = await fixture.makeBlankImage({ os_shutdown_timeout: "10" });
  const macAddress = "fa:16:9e:99:00:09";
  const { id } = await fixture.makeServer("deaf", networkId, macAddress, image);
  return { name: "deaf", uuid: id, role: "compute", macAddress };
}
