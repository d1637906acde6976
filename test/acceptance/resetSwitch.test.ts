import { acceptanceProject, bootCountOf } from "./cloud";
import { sandboxCloud } from "./sandboxCloud";

jest.setTimeout(600_000);

interface Outputs {
  snapset_data: { instances: Record<string, { uuid: string }> };
  snap_id: string;
}

let opened: Awaited<ReturnType<typeof sandboxCloud>>;
let place: ReturnType<typeof acceptanceProject>;

beforeAll(async () => {
  opened = await sandboxCloud();
  place = acceptanceProject(opened.cloud.env);
  const common = { "openstack:cloud": "sandbox" };
  const environment = { "snapset:environment": "test/acceptance/reset.yaml" };
  await place.project.createStack("source", { ...common, ...environment });
  await place.project.createStack("snapshot", { ...common, "snapset:afterCapture": "resume" });
  await place.project.createStack("dev", { ...common, ...environment });
  for (const stack of ["source", "snapshot", "dev"]) await up(stack);
});

afterAll(async () => {
  await opened.close();
  place.remove();
});

async function up(stack: string): Promise<string> {
  const run = await place.project.up(stack);
  if (run.code !== 0) throw new Error(run.output);
  return run.output;
}

const outputs = async (stack: string) => (await place.project.outputs(stack)) as unknown as Outputs;

/** Ids of servers and of their volumes, and how often the servers' disks have been booted. */
async function look() {
  const { compute } = opened.cloud.client;
  const { instances } = (await outputs("dev")).snapset_data;
  const servers = Object.values(instances).map(({ uuid }) => uuid);
  const boots = await Promise.all(servers.map((uuid) => bootCountOf(opened.cloud, uuid)));
  const attached = await Promise.all(servers.map((uuid) => compute.listVolumeAttachments(uuid)));
  return { servers, boots, volumes: attached.flat().map(({ volumeId }) => volumeId) };
}

const common = (a: string[], b: string[]) => a.filter((id) => b.includes(id));

it("a running stack comes to rebuild with nothing lost, to another set in place, and back to replace wholly", async () => {
  const restored = await look();
  place.project.configure("dev", { "snapset:restore": "rebuild" });
  expect(await up("dev")).not.toContain("resets in place");
  expect(await look()).toEqual(restored);

  place.project.configure("snapshot", { "snapset:capture": "2" });
  await up("snapshot");
  const { snap_id: second } = await outputs("snapshot");
  place.project.configure("dev", { "snapset:snapId": second });
  expect((await up("dev")).replace(/\s+/g, " ")).toContain(`resets in place to set ${second}`);
  const other = await look();
  expect(other.servers).toEqual(restored.servers);
  // The source has been booted once more before it was captured again.
  expect(other.boots).toEqual(restored.boots.map((count) => count + 1));
  expect(common(other.volumes, restored.volumes)).toEqual([]);

  place.project.configure("dev", { "snapset:restore": "replace" });
  await up("dev");
  const replaced = await look();
  expect(replaced.boots).toEqual(other.boots);
  expect(common(replaced.servers, other.servers)).toEqual([]);
  expect(common(replaced.volumes, other.volumes)).toEqual([]);
});
