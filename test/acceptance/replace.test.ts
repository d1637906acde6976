import { acceptanceProject, addressesOf, bootCountOf } from "./cloud";
import { sandboxCloud } from "./sandboxCloud";

jest.setTimeout(180_000);

interface Outputs {
  snap_id: string;
  snapset_data: { instances: Record<string, { uuid: string }> };
}

describe("sets and servers that take the place of others", () => {
  let opened: Awaited<ReturnType<typeof sandboxCloud>>;
  let place: ReturnType<typeof acceptanceProject>;

  beforeAll(async () => {
    opened = await sandboxCloud();
    place = acceptanceProject(opened.cloud.env);
    const common = { "openstack:cloud": "sandbox" };
    await place.project.createStack("source", {
      ...common,
      "snapset:environment": "test/acceptance/two-guests.yaml",
    });
    await place.project.createStack("snapshot", common);
    await up("source");
    await up("snapshot");
  });

  afterAll(async () => {
    await opened.close();
    place.remove();
  });

  const outputs = async (stack: string) =>
    (await place.project.outputs(stack)) as unknown as Outputs;

  const up = async (stack: string): Promise<void> => {
    const run = await place.project.up(stack);
    if (run.code !== 0) throw new Error(run.output);
  };

  it("captures anew under another label, and lets the old set go when the new one is committed", async () => {
    const { client } = opened.cloud;
    const first = (await outputs("snapshot")).snap_id;
    place.project.configure("snapshot", { "snapset:capture": "2" });
    opened.sandbox.world.requests.clear();
    await up("snapshot");
    const second = (await outputs("snapshot")).snap_id;
    expect(second).not.toBe(first);
    expect(await client.image.listImages({ snapset_id: first })).toEqual([]);
    expect(await client.image.listImages({ tags: [`snap_id=${second}`] })).toHaveLength(2);
    const changes = opened.sandbox.world.requests.changes().filter((it) => it.service === "image");
    const actions = changes.map((it) => it.method);
    // The journal is begun and written twice, two images get tags, of which one is the commit, and the
    // journal goes; only then the old anchor is uncommitted, and both images go.
    const made = ["POST", "PATCH", "PATCH", "PATCH", "PATCH", "DELETE"];
    expect(actions).toEqual([...made, "PATCH", "DELETE", "DELETE"]);
  });

  it("replaces servers by those of a set on the very ports, without a fight over a MAC", async () => {
    const { client } = opened.cloud;
    const before = (await outputs("source")).snapset_data;
    const addresses = await addressesOf(client, before);
    const ports = (await client.network.listPorts()).map((port) => port.id).toSorted();
    place.project.configure("source", {
      "snapset:mode": "restore",
      "snapset:snapId": (await outputs("snapshot")).snap_id,
    });
    opened.sandbox.world.requests.clear();
    await up("source");
    const after = (await outputs("source")).snapset_data;
    for (const [name, { uuid }] of Object.entries(after.instances)) {
      expect(uuid).not.toBe(before.instances[name]?.uuid);
      expect(await bootCountOf(opened.cloud, uuid)).toBe(2);
    }
    expect(await addressesOf(client, after)).toEqual(addresses);
    expect((await client.network.listPorts()).map((port) => port.id).toSorted()).toEqual(ports);
    expect(opened.sandbox.world.requests.filter((it) => it.status === 409)).toEqual([]);
  });
});
