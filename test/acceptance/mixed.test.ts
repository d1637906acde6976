import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import type { Run } from "../../sandbox/pulumiProject";
import { decodeManifest } from "../../snapset/manifest";
import { acceptanceProject, addressesOf } from "./cloud";
import { sandboxCloud } from "./sandboxCloud";

jest.setTimeout(240_000);

interface Outputs {
  snap_id: string;
  snapset_data: {
    instances: Record<string, { uuid: string; mac_address: string; platform?: string }>;
  };
  images: { member: string; imageId: string }[];
  timings: { name: string; evidence: string }[];
}

const mac = "52:54:00:78:00:10";
const node = "rack-master0";
const nothingChanged = /Resources:\n\s+\d+ unchanged\n/;

describe("a controller of Nova and a machine of Ironic in one environment", () => {
  let opened: Awaited<ReturnType<typeof sandboxCloud>>;
  let place: ReturnType<typeof acceptanceProject>;
  let snapId = "";

  beforeAll(async () => {
    const nodes = [{ name: node, macs: [mac], image: "hotstack-controller" }];
    opened = await sandboxCloud({ timeScale: 60, bareMetal: { nodes } });
    const { env } = opened.cloud;
    place = acceptanceProject(env);
    const common = { "openstack:cloud": env["OS_CLOUD"] };
    const environment = "test/acceptance/mixed.yaml";
    await place.project.createStack("source", { ...common, "snapset:environment": environment });
    await place.project.createStack("snapshot", common);
    await place.project.createStack("dev", common);
  });

  afterAll(async () => {
    await opened.close();
    place.remove();
  });

  const outputs = async (stack: string) =>
    (await place.project.outputs(stack)) as unknown as Outputs;
  const succeed = (run: Run): string => {
    if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
    return run.output;
  };
  const machine = () => opened.sandbox.world.bareMetal.node(node);
  const becomes = (state: string) =>
    waitFor({
      what: `${node} to be ${state}`,
      observe: () => Promise.resolve(machine().provisionState),
      isDone: (seen) => seen === state,
      describe: (seen) => seen,
      deadlineMs: 30_000,
      clock: systemClock,
    });

  it("is deployed around the machine as it is", async () => {
    succeed(await place.project.up("source"));
    const { instances } = (await outputs("source")).snapset_data;
    expect(instances["master0"]).toEqual({
      uuid: machine().uuid,
      role: "ocp_master",
      mac_address: mac,
      platform: "ironic",
    });
    expect(instances["controller"]).not.toHaveProperty("platform");
  });

  it("is captured as one set with members of both", async () => {
    succeed(await place.project.up("snapshot"));
    const { snap_id, images } = await outputs("snapshot");
    snapId = snap_id;
    const anchorId = images.find(({ member }) => member === "controller")?.imageId ?? "";
    const manifest = decodeManifest(await opened.cloud.client.image.showImage(anchorId), "anchor");
    expect(manifest.members.map((it) => [it.name, it.platform, it.macAddresses])).toEqual([
      ["controller", "nova", ["fa:16:9e:78:00:05"]],
      ["master0", "ironic", [mac]],
    ]);
    expect(manifest.environment).toMatchObject({
      bareMetal: [{ name: "master0", role: "ocp_master", node, macAddresses: [mac] }],
    });
    expect(machine()).toMatchObject({ provisionState: "active", powerState: "power off" });
  });

  it("is refused by name before any change, where the machine's MACs are not the captured ones", async () => {
    succeed(await place.project.destroy("source"));
    await opened.cloud.client.bareMetal.setProvisionState(node, { target: "deleted" });
    await becomes("available");
    const [port] = opened.sandbox.world.bareMetal.ports();
    if (port === undefined) throw new Error("it has no port");
    port.address = "52:54:00:78:00:99";
    opened.sandbox.world.requests.clear();
    // The stack's own file names another environment: this is to be the set's.
    const own = { "snapset:snapId": snapId, "snapset:environment": undefined };
    place.project.configure("dev", own);
    const { code, output } = await place.project.up("dev");
    port.address = mac;
    expect(code).not.toBe(0);
    expect(output.replace(/\s+/g, " ")).toContain(
      `has no port with MAC ${mac}, which was captured; it has 52:54:00:78:00:99`,
    );
    const changes = opened.sandbox.world.requests.changes();
    expect(changes).toEqual([]);
  });

  it("is restored: the server declared, the machine deployed from its image, MACs checked", async () => {
    succeed(await place.project.up("dev"));
    const { snapset_data, timings } = await outputs("dev");
    const { controller, master0 } = snapset_data.instances;
    if (controller === undefined) throw new Error("there is no controller");
    expect(await addressesOf(opened.cloud.client, { instances: { controller } })).toEqual({
      controller: { mac: "fa:16:9e:78:00:05", ip: "192.168.78.254" },
    });
    expect(master0).toMatchObject({ uuid: machine().uuid, mac_address: mac, platform: "ironic" });
    expect(timings.map(({ evidence }) => evidence)).toEqual([
      expect.stringContaining(`1 machine active with the images of set ${snapId}`) as string,
    ]);
    const image = (await outputs("snapshot")).images.find(({ member }) => member === "master0");
    expect(machine().fields.instance_info["image_source"]).toBe(image?.imageId);
    const { guest } = opened.sandbox.world.bareMetal.machineOf(machine()) ?? {};
    expect(guest?.disk.content.bootCount).toBe(2);
  });

  it("changes nothing when run a second time", async () => {
    expect(succeed(await place.project.up("dev"))).toMatch(nothingChanged);
  });

  it("gives the machine back to Ironic when it is destroyed, and the set goes with its stack", async () => {
    succeed(await place.project.destroy("dev"));
    await becomes("available");
    succeed(await place.project.destroy("snapshot"));
    expect(await opened.cloud.client.image.listImages({ snapset_id: snapId })).toEqual([]);
  });
});
