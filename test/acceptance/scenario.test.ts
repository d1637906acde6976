import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Run } from "../../sandbox/pulumiProject";
import { acceptanceProject, addressesOf } from "./cloud";
import { sandboxCloud } from "./sandboxCloud";

jest.setTimeout(300_000);

const scenario = {
  scenario: "test/acceptance/scenario",
  variables: { controller_ssh_pub_key: "ssh-ed25519 AAAA me" },
};
/** A hidden parameter, which is in a file of its own. */
const password = "s3cret-of-the-lab";
const addresses = {
  controller: { mac: "fa:16:9e:79:00:05", ip: "192.168.79.254" },
  bmh0: { mac: "fa:16:9e:79:00:10", ip: "192.168.79.10" },
};

interface Outputs {
  snap_id: string;
  snapset_data: { instances: Record<string, { uuid: string }> };
  controller_ansible_host: Record<string, string> | null;
  floating_ips: Record<string, string>;
  stack_outputs: Record<string, unknown>;
}

function filesIn(directory: string): { path: string; text: string }[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

describe("a Hotstack scenario, unchanged", () => {
  let opened: Awaited<ReturnType<typeof sandboxCloud>>;
  let place: ReturnType<typeof acceptanceProject>;
  let shown = "";

  beforeAll(async () => {
    opened = await sandboxCloud();
    place = acceptanceProject(opened.cloud.env);
    const common = { "openstack:cloud": "sandbox" };
    const secrets = join(place.directory, "secrets.yml");
    writeFileSync(secrets, `lab_password: ${password}\n`);
    const environment = { "snapset:environment": { ...scenario, overrides: [secrets] } };
    await place.project.createStack("source", { ...common, ...environment });
    await place.project.createStack("snapshot", common);
    await place.project.createStack("dev", common);
  });

  afterAll(async () => {
    place.remove();
    await opened.close();
  });

  const outputs = async (stack: string) =>
    (await place.project.outputs(stack)) as unknown as Outputs;
  const succeed = (run: Run): string => {
    if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
    return run.output;
  };

  /** What Neutron and Nova have of it, in the words of their APIs. */
  async function found(stack: string) {
    const { snapset_data } = await outputs(stack);
    const { networking, compute } = opened.sandbox.world;
    const { trunks, ports, routers } = networking.tables;
    const nameOf = (id: string) => ports.get(id)?.name;
    const bmh = compute.servers.all().find(({ id }) => id === snapset_data.instances["bmh0"]?.uuid);
    return {
      addresses: await addressesOf(opened.cloud.client, snapset_data),
      trunks: [...trunks.values()].map((it) => ({
        parent: nameOf(it.port_id),
        sub: it.sub_ports.map(({ port_id, segmentation_id }) => [
          ...[nameOf(port_id), ports.get(port_id)?.mac_address, segmentation_id],
          ports.get(port_id)?.fixed_ips.map(({ ip_address }) => ip_address),
        ]),
      })),
      routes: [...routers.values()].flatMap((it) => it.routes),
      dhcp: [...ports.values()].find(({ name }) => name === "bmh0-port")?.extra_dhcp_opts,
      volumes: bmh?.volumes.map(({ isRoot }) => isRoot),
    };
  }

  const whole = {
    addresses,
    trunks: [
      {
        parent: "bmh0-port",
        sub: [["bmh0-storage-port", "fa:16:9e:79:00:20", 20, ["fd00:79::20"]]],
      },
    ],
    routes: [{ destination: "10.79.0.0/24", nexthop: "192.168.79.254" }],
    dhcp: [{ opt_name: "67", opt_value: "boot.ipxe", ip_version: 4 }],
    volumes: [true, false],
  };

  it("deploys as the template says, and a second up changes nothing", async () => {
    shown = succeed(await place.project.up("source"));
    expect(await found("source")).toEqual(whole);
    expect(succeed(await place.project.up("source"))).toMatch(/Resources:\n\s+\d+ unchanged\n/);
  });

  it("gives the guest its hidden parameter, and shows it nowhere", async () => {
    const { snapset_data } = await outputs("source");
    const { servers } = opened.sandbox.world.compute;
    const data = servers.get(snapset_data.instances["controller"]?.uuid ?? "")?.userData;
    expect(Buffer.from(data ?? "", "base64").toString()).toContain(password);
    const kept = filesIn(join(place.directory, "backend"));
    expect(kept.length).toBeGreaterThan(2);
    for (const secret of [password, Buffer.from(password).toString("base64")]) {
      expect(kept.filter(({ text }) => text.includes(secret)).map(({ path }) => path)).toEqual([]);
    }
    expect(shown).not.toContain(password);
  });

  /** What Hotstack's playbooks read once the infrastructure is there. */
  async function expectOutputs(stack: string): Promise<void> {
    const { stack_outputs, snapset_data, floating_ips } = await outputs(stack);
    const ansible_host = floating_ips["controller"];
    expect(ansible_host).toMatch(/^172\.24\.4\./);
    expect(stack_outputs).toEqual({
      snapset_data,
      controller_ansible_host: { name: "controller-0", ansible_ssh_user: "zuul", ansible_host },
      bmh_nodes: [
        { uuid: snapset_data.instances["bmh0"]?.uuid, mac: "fa:16:9e:79:00:20", mtu: 1500 },
      ],
    });
  }

  it("hands on the template's outputs with what the cloud has made of them", async () => {
    await expectOutputs("source");
  });

  it("is captured and comes back from its set alone, trunks, routes and disks too", async () => {
    succeed(await place.project.up("snapshot"));
    const { snap_id: snapId } = await outputs("snapshot");
    const alone = { "snapset:snapId": snapId, "snapset:environment": undefined };
    place.project.configure("dev", alone);
    succeed(await place.project.up("dev"));
    // The source is still there: of each thing there are two.
    const twice = await found("dev");
    expect(twice.addresses).toEqual(addresses);
    expect(twice.trunks).toEqual([...whole.trunks, ...whole.trunks]);
    expect(twice.routes).toEqual([...whole.routes, ...whole.routes]);
    expect(twice.volumes).toEqual(whole.volumes);
    await expectOutputs("dev");
    expect((await outputs("dev")).controller_ansible_host).toMatchObject({ name: "controller" });
  });
});
