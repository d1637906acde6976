import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import { toSnapsetData, type Instance } from "../../snapset/snapsetData";
import type { PulumiRun, Run } from "../../sandbox/pulumiProject";
import { acceptanceProject } from "./cloud";
import { FaultyCloud } from "./FaultyCloud";
import { descendantsOf, isAlive, killHard } from "./processes";

jest.setTimeout(180_000);

const stack = "faults";

let cloud: FaultyCloud;
let place: ReturnType<typeof acceptanceProject>;
let instances: Instance[];
/** What a test started and may have left, to be ended with it. */
let started: number[] = [];

beforeEach(async () => {
  // An image takes a second and a half.
  cloud = await FaultyCloud.open({ timeScale: 20 });
  instances = cloud.bootThree();
  place = acceptanceProject(cloud.env);
  await place.project.createStack(stack, {
    "openstack:cloud": "sandbox",
    "snapset:mode": "capture",
    "snapset:parallelImages": 1,
    "snapset:instances": withoutPadding(instances),
  });
});
afterEach(async () => {
  started.filter(isAlive).forEach(killHard);
  started = [];
  await cloud.close();
  place.remove();
});

/** As Hotstack's documents write MACs: `fa:16:9e:0:0:1`. */
function withoutPadding(all: Instance[]) {
  const text = JSON.stringify(toSnapsetData(all)).replaceAll(/:0([0-9a-f])\b/g, ":$1");
  return JSON.parse(text) as Record<string, unknown>;
}

const until = (what: string, isTrue: () => boolean, deadlineMs = 90_000) =>
  waitFor({
    what,
    observe: () => Promise.resolve(isTrue()),
    isDone: (it) => it,
    describe: () => JSON.stringify([cloud.states(), cloud.world.requests.counts()]),
    deadlineMs,
    intervalMs: 50,
    maxIntervalMs: 50,
    clock: systemClock,
  });

/** `pulumi up`, up to the moment at which the first image is being uploaded. */
async function upToTheFirstImage(): Promise<{ run: PulumiRun; cli: number; providers: number[] }> {
  const { project } = place;
  const flags = ["--yes", "--skip-preview", "--non-interactive"];
  const where = ["--stack", stack, "--config-file", project.configFile(stack)];
  const run = project.start(["up", ...where, ...flags]);
  const cli = run.pid ?? 0;
  await until("an image to be saving", () =>
    cloud.world.images.all().some((image) => image.status === "saving"),
  );
  const below = descendantsOf(cli);
  started = below.map((it) => it.pid);
  const providers = below.filter((it) => it.command.includes("dynamic-provider"));
  expect(providers.length).toBeGreaterThan(0);
  return { run, cli, providers: providers.map((it) => it.pid) };
}

function succeed({ code, output }: Run): void {
  if (code !== 0) throw new Error(`exit code ${code}\n${output}`);
}

const membersOf = (snapId: string) =>
  cloud
    .imagesOf(snapId)
    .map((image) => `${image.properties["snapset_member"] ?? ""} ${image.status}`)
    .toSorted();

it("after kill -9 of CLI and provider the next up completes the set, one image per member", async () => {
  const { run, cli } = await upToTheFirstImage();
  [cli, ...started].forEach(killHard);
  expect((await run.done).code).toBe(137);
  const [begun] = cloud.world.images.all().flatMap((it) => it.properties["snapset_id"] ?? []);

  const refused = await place.project.up(stack);
  expect(refused.code).toBeGreaterThan(0);
  expect(refused.output).toContain("the stack is currently locked by 1 lock(s)");
  succeed(await place.project.cancel(stack));
  succeed(await place.project.up(stack));

  const outputs = await place.project.outputs(stack);
  expect(outputs["snap_id"]).toBe(begun);
  expect(membersOf(begun ?? "")).toEqual([
    "compute0 active",
    "compute1 active",
    "controller active",
  ]);
  expect(cloud.asked("compute createImage")).toBe(3);
  // A world begins with two base images.
  expect(cloud.world.images.all()).toHaveLength(2 + 3);
  const macs = cloud
    .imagesOf(begun ?? "")
    .flatMap((it) => it.tags.filter((t) => t.startsWith("mac")));
  expect(macs.toSorted()).toEqual(instances.map((it) => `mac_address=${it.macAddress}`));
});

it("after kill -9 of the CLI alone the provider stops within seconds", async () => {
  cloud.world.faults.add({
    match: { action: "createImage" },
    then: { effect: "imageStuckSaving" },
  });
  const { cli, providers } = await upToTheFirstImage();
  killHard(cli);
  await until("the provider to end", () => !providers.some(isAlive), 20_000);
  expect(cloud.asked("compute createImage")).toBe(1);
});

it("destroy of an unfinished capture removes its images and starts the servers again", async () => {
  cloud.world.faults.add({
    match: { action: "createImage", name: "compute1", nth: 1 },
    then: { effect: "imageVanishes" },
  });
  const run = await place.project.up(stack);
  expect(run.code).toBeGreaterThan(0);
  const snapId = String(cloud.world.images.all().at(-1)?.properties["snapset_id"]);
  const [, id] = /image ([0-9a-f-]{36}) is gone/.exec(run.output) ?? [];
  expect(run.output.replace(/\s+/g, " ")).toContain(
    `* image of compute1 failed: image ${id ?? ""} is gone: Nova removes the image of a snapshot that failed ` +
      `* set ${snapId} is not committed; shut off: compute0, compute1, controller. ` +
      "`pulumi up` goes on from here; `pulumi destroy` removes its images and starts the servers again",
  );
  expect(membersOf(snapId)).toContain("compute0 active");

  succeed(await place.project.destroy(stack));
  expect(membersOf(snapId)).toEqual([]);
  expect(cloud.states()).toEqual({ controller: "ACTIVE", compute0: "ACTIVE", compute1: "ACTIVE" });
});
