import { toSnapsetData, type Instance } from "../../snapset/snapsetData";
import type { PulumiRun, Run } from "../../sandbox/pulumiProject";
import { acceptanceProject } from "./cloud";
import { allRunning, FaultyCloud } from "./FaultyCloud";
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

/** `pulumi up`, up to the moment at which the first image is being uploaded. */
async function upToTheFirstImage(): Promise<{ run: PulumiRun; cli: number; providers: number[] }> {
  const { project } = place;
  const flags = ["--yes", "--skip-preview", "--non-interactive"];
  const where = ["--stack", stack, "--config-file", project.configFile(stack)];
  const run = project.start(["up", ...where, ...flags]);
  const cli = run.pid ?? 0;
  await cloud.until("an image to be saving", () =>
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

async function succeeded(run: Promise<Run>): Promise<Run> {
  succeed(await run);
  return run;
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
  await cloud.until("the provider to end", () => !providers.some(isAlive), 20_000);
  expect(cloud.asked("compute createImage")).toBe(1);
});

it("after kill -9 in a first capture destroy straight away gives everything back", async () => {
  const { run, cli } = await upToTheFirstImage();
  [cli, ...started].forEach(killHard);
  await run.done;
  const [begun = ""] = cloud.world.images.all().flatMap((it) => it.properties["snapset_id"] ?? []);
  expect(cloud.leftovers(begun).length).toBeGreaterThan(1);

  succeed(await place.project.cancel(stack));
  const { output } = await succeeded(place.project.destroy(stack));
  expect(output.replace(/\s+/g, " ")).toMatch(
    new RegExp(
      `capture ${begun} had been interrupted; it is given back: \\d images? deleted; ` +
        "3 servers ACTIVE again: compute0, compute1, controller",
    ),
  );
  expect(cloud.leftovers(begun)).toEqual([]);
  expect(cloud.states()).toEqual(allRunning);
});

it("a failed capture gives back by itself; under onFailure: keep destroy does it", async () => {
  cloud.world.faults.add({
    match: { action: "createImage", name: "compute1", nth: 1, times: 1000 },
    then: { effect: "imageVanishes" },
  });
  const run = await place.project.up(stack);
  expect(run.code).toBeGreaterThan(0);
  const said = run.output.replace(/\s+/g, " ");
  expect(said).toMatch(
    /image of compute1 failed: image \S+ is gone: Nova removes the image of a snapshot that failed \(3 attempts\)/,
  );
  expect(said).toContain("* the capture is given back: ");
  expect(cloud.states()).toEqual(allRunning);

  place.project.configure(stack, { "snapset:onFailure": "keep" });
  const kept = await place.project.up(stack);
  expect(kept.code).toBeGreaterThan(0);
  const [, snapId = ""] =
    /set (\S+) is not committed; shut off: compute0, compute1, controller/.exec(
      kept.output.replace(/\s+/g, " "),
    ) ?? [];
  expect(membersOf(snapId)).toContain("compute0 active");

  succeed(await place.project.destroy(stack));
  expect(cloud.leftovers(snapId)).toEqual([]);
  expect(cloud.states()).toEqual(allRunning);
});

it("a second capture replaces the first only when it is committed", async () => {
  succeed(await place.project.up(stack));
  const first = String((await place.project.outputs(stack))["snap_id"]);
  cloud.world.faults.add({
    match: { action: "createImage", name: "compute1", nth: 1, times: 3 },
    then: { effect: "imageVanishes" },
  });

  place.project.configure(stack, { "snapset:capture": "again" });
  expect((await place.project.up(stack)).code).toBeGreaterThan(0);
  expect((await cloud.select(first, [])).chosen).toBe(first);

  succeed(await place.project.up(stack));
  const second = String((await place.project.outputs(stack))["snap_id"]);
  expect(second).not.toBe(first);
  expect(membersOf(second)).toHaveLength(3);
  expect(cloud.leftovers(first)).toEqual([]);
});

it("preview finds what would fail, all of it, and changes nothing", async () => {
  const [controller] = instances;
  if (controller === undefined) throw new RangeError("no server");
  place.project.configure(stack, {
    "snapset:instances": toSnapsetData([
      { ...controller, macAddress: "fa:16:9e:00:00:99" },
      { ...controller, name: "ghost", uuid: "00000000-0000-4000-8000-000000000000" },
    ]),
    "snapset:volumes": { data: "exclude" },
  });
  cloud.world.requests.clear();
  const run = await place.project.preview(stack);
  expect(run.code).toBeGreaterThan(0);
  const said = run.output.replace(/\s+/g, " ");
  expect(said).toContain("has no port with MAC fa:16:9e:00:00:99; it has fa:16:9e:00:00:01");
  expect(said).toContain("instance ghost (00000000-0000-4000-8000-000000000000) is not found");
  expect(said).toContain("snapset:volumes.data: no server of the capture has such a volume");
  expect(cloud.world.requests.changes()).toEqual([]);
});
