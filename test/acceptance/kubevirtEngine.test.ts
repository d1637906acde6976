import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { KubeVirtLab } from "../../sandbox/KubeVirtLab";
import { realTime } from "../../sandbox/world/worldClock";
import type { Run } from "../../sandbox/pulumiProject";
import { acceptanceProject } from "./cloud";
import { Application, parks } from "./kubevirt/Application";
import { descendantsOf, isAlive, killHard } from "./processes";

jest.setTimeout(240_000);

const times = { bootMs: 100, agentMs: 100, stopMs: 100, cutMs: 200, uploadMs: 200, provisionMs: 0 };

let on: KubeVirtLab;
let app: Application;
let place: ReturnType<typeof acceptanceProject>;
let started: number[] = [];

beforeEach(async () => {
  on = await new KubeVirtLab({ time: realTime, times }).open();
  app = await Application.start(on);
  place = acceptanceProject({});
});
afterEach(async () => {
  started.filter(isAlive).forEach(killHard);
  started = [];
  await on.close();
  place.remove();
});

/** Gives a stack its settings, and the kubeconfig as a secret. */
async function configure(stack: string, more: object): Promise<void> {
  place.project.configure(stack, { "snapset:kubevirt": { namespace: on.namespace, ...more } });
  const path = ["--secret", "--path", "snapset:kubevirt.kubeconfigContent", "--", on.kubeconfig];
  await succeeded(place.project.onStack("config", stack, ["set", ...path]));
}

async function succeeded(run: Promise<Run>): Promise<Run> {
  const ended = await run;
  if (ended.code !== 0) throw new Error(`exit code ${ended.code}\n${ended.output}`);
  return ended;
}

/** Everything that Pulumi has written of stacks: state and history. */
function written(): string {
  const directory = join(place.directory, "backend");
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
}

it("one stack captures the machines, another restores them: once, and again for another trigger", async () => {
  const { project } = place;
  const capture = { selector: `app=${app.label}` };
  const modes = { "snapset:mode": "capture", "snapset:afterCapture": "resume" };
  await project.createStack("vms", modes);
  await configure("vms", capture);
  const refused = await project.preview("vms");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain(`virtual machine ${app.db}: disk cloudinitdisk`);
  expect(await app.leftovers()).toEqual([]);

  await configure("vms", { ...capture, acceptPartial: true });
  await succeeded(project.up("vms"));
  const outputs = await project.outputs("vms");
  const images = outputs["images"] as { member: string }[];
  expect(images.map(({ member }) => member)).toEqual(app.names);
  expect(await app.running()).toEqual(app.names);
  expect((await succeeded(project.up("vms"))).output).toMatch(/\d unchanged/);

  await app.guest(app.db).remove("/var/lib/mongo/");
  await project.createStack("back", { "snapset:mode": "restore", "snapset:snapId": "latest" });
  await configure("back", {});
  await succeeded(project.up("back"));
  expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");
  const restored = await project.outputs("back");
  expect(restored["snap_id"]).toBe(outputs["snap_id"]);
  expect(restored["virtual_machines"]).toEqual({ [app.db]: app.db, [app.web]: app.web });

  await app.guest(app.db).write(parks, "a day's work");
  expect((await succeeded(project.up("back"))).output).toMatch(/\d unchanged/);
  expect((await app.guest(app.db).files())[parks]).toBe("a day's work");
  project.configure("back", { "snapset:restore": { trigger: "again" } });
  await succeeded(project.up("back"));
  expect((await app.guest(app.db).files())[parks]).toBe("Yosemite");

  expect(written().includes("kubeconfigContent")).toBe(true);
  expect(written().includes("sha256~snapset")).toBe(false);
  await succeeded(project.destroy("back"));
  expect(await app.restores()).toEqual([]);
  expect(await app.running()).toEqual(app.names);
  await succeeded(project.destroy("vms"));
  expect(await app.leftovers()).toEqual([]);
});

it("after kill -9 while guests are frozen they thaw by the deadline, and the next up checks and finishes", async () => {
  const { project } = place;
  await project.createStack("vms", {
    "snapset:mode": "capture",
    "snapset:consistency": "quiesce",
  });
  await configure("vms", { names: app.names, acceptPartial: true, unfreezeTimeout: "4s" });
  const mend = on.setFault({ effect: "controllerDown" });
  const flags = ["--yes", "--skip-preview", "--non-interactive"];
  const where = ["--stack", "vms", "--config-file", project.configFile("vms")];
  const run = project.start(["up", ...where, ...flags]);
  await on.until("all guests to be frozen", async () => {
    expect(await app.frozen()).toEqual(app.names);
  });
  const cli = run.pid ?? 0;
  started = descendantsOf(cli).map(({ pid }) => pid);
  [cli, ...started].forEach(killHard);
  expect((await run.done).code).toBe(137);
  await on.until("the guests to thaw by themselves", async () => {
    expect(await app.frozen()).toEqual([]);
  });
  mend();

  await succeeded(project.cancel("vms"));
  await succeeded(project.up("vms"));
  expect(await app.frozen()).toEqual([]);
  expect(await app.snapshots()).toHaveLength(2);
  expect(await app.leftovers()).toHaveLength(4);
  const timings = (await project.outputs("vms"))["timings"] as { name: string; evidence: string }[];
  const adopt = timings.find(({ name }) => name === "adopt");
  expect(adopt?.evidence).toMatch(/^thawed: .*snapshots found/);
});
