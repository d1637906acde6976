import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "../../openstack";
import type { Run } from "../../sandbox/pulumiProject";
import { Fixture } from "../contract/Fixture";
import { acceptanceProject, addressesOf, type AcceptanceCloud } from "./cloud";

jest.setTimeout(900_000);

interface Outputs {
  snap_id: string;
  snapset_data: { instances: Record<string, { uuid: string }> };
  floating_ips: Record<string, string>;
}

const declared = {
  controller: { mac: "fa:16:9e:81:00:05", ip: "192.168.81.254" },
  compute0: { mac: "fa:16:9e:81:00:10", ip: "192.168.81.10" },
};
const map = {
  networks: { publik: "public" },
  flavors: { "hotstack.smal": "hotstack.small" },
  images: { "hotstack-controler": "hotstack-controller" },
};
const stacks = ["one", "two", "source", "snapshot"];

let cloud: AcceptanceCloud;
let fixture: Fixture;
let place: ReturnType<typeof acceptanceProject>;
let kept = "";

beforeAll(async () => {
  const { OS_CLOUD, OS_CLIENT_CONFIG_FILE } = process.env;
  if (OS_CLOUD === undefined) throw new Error("OS_CLOUD must name the cloud to test on");
  const env = { OS_CLOUD, ...(OS_CLIENT_CONFIG_FILE && { OS_CLIENT_CONFIG_FILE }) };
  cloud = { env, client: await connect({ cloud: OS_CLOUD }), guestDeadlineMs: 180_000 };
  // It closes its connection with itself.
  fixture = await Fixture.open({ openStack: await connect({ cloud: OS_CLOUD }), env });
  const [external] = await cloud.client.network.listNetworks({ name: "public" });
  const wish = { floating_network_id: external?.id };
  const id = await fixture.make("network", "/floatingips", "floatingip", wish);
  kept = (await cloud.client.network.listFloatingIps()).find((it) => it.id === id)
    ?.floating_ip_address as string;
  place = acceptanceProject(env);
  const environment = join(place.directory, "placement.yaml");
  const text = readFileSync(join(__dirname, "placement.yaml"), "utf8");
  writeFileSync(environment, text.replace("172.24.4.150", kept));
  const common = { "openstack:cloud": OS_CLOUD };
  const given = { "snapset:mode": "deploy", "snapset:environment": environment };
  await place.project.createStack("source", { ...common, ...given });
  for (const stack of ["snapshot", "one", "two"]) await place.project.createStack(stack, common);
});

afterAll(async () => {
  for (const stack of stacks) await place.project.destroy(stack);
  await fixture.close();
  await cloud.client.close();
  place.remove();
});

const outputs = async (stack: string) => (await place.project.outputs(stack)) as unknown as Outputs;

function succeed(run: Run): string {
  if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
  return run.output;
}

it("names in a preview what the cloud does not have, with the nearest names", async () => {
  const { code, output } = await place.project.preview("source");
  expect(code).not.toBe(0);
  expect(output).toContain("there is no external network publik; the nearest is public");
  expect(output).toContain("there is no image hotstack-controler; the nearest is hotstack-contro");
  expect(output).toContain("there is no flavor hotstack.smal; the nearest is hotstack.small");
});

it("deploys under the names of the cloud, with a floating IP that is ours and free", async () => {
  place.project.configure("source", { "snapset:map": map });
  succeed(await place.project.up("source"));
  expect((await outputs("source")).floating_ips).toEqual({ controller: kept });
  expect(succeed(await place.project.up("source"))).toMatch(/Resources:\n\s+\d+ unchanged\n/);
  succeed(await place.project.up("snapshot"));
  succeed(await place.project.destroy("source"));
});

it("restores one set twice, and the two stand and fall alone", async () => {
  const { snap_id: snapId } = await outputs("snapshot");
  for (const stack of ["one", "two"]) {
    place.project.configure(stack, {
      "snapset:snapId": snapId,
      "snapset:environment": undefined,
    });
    succeed(await place.project.up(stack));
  }
  const [first, second] = [await outputs("one"), await outputs("two")];
  for (const { snapset_data } of [first, second]) {
    expect(await addressesOf(cloud.client, snapset_data)).toEqual(declared);
  }
  expect(first.floating_ips).toEqual({ controller: kept });
  expect(second.floating_ips["controller"]).not.toBe(kept);
  succeed(await place.project.destroy("one"));
  const [free] = await cloud.client.network.listFloatingIps({ floating_ip_address: kept });
  expect(free).toMatchObject({ port_id: null });
  expect(succeed(await place.project.up("two"))).toMatch(/Resources:\n\s+\d+ unchanged\n/);
  expect(await addressesOf(cloud.client, second.snapset_data)).toEqual(declared);
});
