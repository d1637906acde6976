import { loadEnvironment } from "../../components/files";
import { connect, type OpenStack } from "../../openstack";
import type { Run } from "../../sandbox/pulumiProject";
import { acceptanceProject } from "./cloud";

jest.setTimeout(900_000);

const { SNAPSET_SCENARIO, SNAPSET_OVERRIDES } = process.env;
/** One shaped like snapshot-sno; another one's folder can be named instead, and a file of variables. */
const scenario = {
  scenario: SNAPSET_SCENARIO ?? "test/acceptance/scenarioSno",
  overrides: SNAPSET_OVERRIDES === undefined ? [] : [SNAPSET_OVERRIDES],
  variables: { controller_ssh_pub_key: "ssh-ed25519 AAAA me" },
};

interface Outputs {
  snapset_data: { instances: Record<string, { uuid: string }> };
  stack_outputs: { controller_floating_ip: string };
  snapshots: { member: string; name: string; device: string; snapshotId: string | null }[];
}

describe("a scenario with a controller and a single node, on a real cloud", () => {
  const { OS_CLOUD = "", OS_CLIENT_CONFIG_FILE } = process.env;
  const env = { OS_CLOUD, ...(OS_CLIENT_CONFIG_FILE && { OS_CLIENT_CONFIG_FILE }) };
  const spec = loadEnvironment(scenario, "deploy");
  let client: OpenStack;
  let place: ReturnType<typeof acceptanceProject>;

  beforeAll(async () => {
    if (OS_CLOUD === "") throw new Error("OS_CLOUD must name the cloud to test on");
    client = await connect({ cloud: OS_CLOUD });
    place = acceptanceProject(env);
    const common = { "openstack:cloud": OS_CLOUD };
    await place.project.createStack("source", { ...common, "snapset:environment": scenario });
    await place.project.createStack("snapshot", common);
  });

  afterAll(async () => {
    for (const stack of ["snapshot", "source"]) await place.project.destroy(stack);
    await client.close();
    place.remove();
  });

  const outputs = async (stack: string) =>
    (await place.project.outputs(stack)) as unknown as Outputs;
  const succeed = (what: string, run: Run): string => {
    if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
    process.stderr.write(`${what}: ${(run.elapsedMs / 1000).toFixed(1)} s\n`);
    return run.output;
  };

  /** What the cloud has of a node, in the words of the environment. */
  async function found(name: string, serverId: string) {
    const server = await client.compute.showServer(serverId);
    const [port] = await client.network.listPorts({ device_id: serverId });
    const attached = await client.compute.listVolumeAttachments(serverId);
    const volumes = await Promise.all(
      attached
        .toSorted((a, b) => ((a.device ?? "") < (b.device ?? "") ? -1 : 1))
        .map(({ volumeId }) => client.blockStorage.showVolume(volumeId)),
    );
    return {
      ...{ name, status: server.status, mac: port?.mac_address },
      ips: port?.fixed_ips.map((it) => it.ip_address),
      volumes: volumes.map((volume) => `${volume.name} ${volume.size} GB`),
    };
  }

  it("is ACTIVE as its template says, with its addresses and volumes in their order", async () => {
    succeed("deploy", await place.project.up("source"));
    const { snapset_data, stack_outputs } = await outputs("source");
    const nodes = Object.entries(snapset_data.instances).map(([name, { uuid }]) =>
      found(name, uuid),
    );
    expect(await Promise.all(nodes)).toEqual(
      spec.nodes
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, ports: [port], volumes }) => ({
          ...{ name, status: "ACTIVE", mac: port?.mac },
          ips: port?.fixedIps.map(({ ip }) => ip),
          volumes: volumes.map((volume) => `${volume.name} ${volume.sizeGb} GB`),
        })),
    );
    const [address] = await client.network.listFloatingIps({
      floating_ip_address: stack_outputs.controller_floating_ip,
    });
    const controller = spec.nodes.find(({ role }) => role === "controller");
    expect(address?.fixed_ip_address).toBe(controller?.ports[0]?.fixedIps[0]?.ip);
  });

  it("is captured with the data of each volume", async () => {
    succeed("capture", await place.project.up("snapshot"));
    const { snapshots } = await outputs("snapshot");
    expect(snapshots.map(({ member, name }) => `${member} ${name}`)).toEqual(
      spec.nodes.flatMap((node) => node.volumes.map(({ name }) => `${node.name} ${name}`)),
    );
    expect(snapshots.every(({ snapshotId }) => snapshotId !== null)).toBe(true);
  });

  it("goes without leaving anything", async () => {
    succeed("destroy of the set", await place.project.destroy("snapshot"));
    succeed("destroy", await place.project.destroy("source"));
    const names = new Set(spec.networks.map(({ name }) => name));
    const left = await client.network.listNetworks({ project_id: client.projectId });
    expect(left.filter(({ name }) => names.has(name))).toEqual([]);
  });
});
