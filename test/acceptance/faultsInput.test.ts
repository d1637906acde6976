import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acceptanceProject } from "./cloud";
import { expectUntouched, FaultyCloud } from "./FaultyCloud";

jest.setTimeout(120_000);

const stack = "faults";

let cloud: FaultyCloud;
let place: ReturnType<typeof acceptanceProject>;
let configured: string[] = [];

beforeAll(async () => {
  cloud = await FaultyCloud.open();
  place = acceptanceProject(cloud.env);
  await place.project.createStack(stack, {});
});
afterAll(async () => {
  await cloud.close();
  place.remove();
});

/** What `pulumi up` says to a configuration that it refuses, without having touched anything. */
async function refusalOf(config: Record<string, unknown>): Promise<string> {
  const before = Object.fromEntries(configured.map((key) => [key, undefined]));
  place.project.configure(stack, { ...before, "openstack:cloud": "sandbox", ...config });
  configured = Object.keys(config);
  const run = await expectUntouched(cloud, () => place.project.up(stack));
  expect(run.code).toBeGreaterThan(0);
  return plain(run.output);
}

/** Pulumi breaks and indents what it shows. */
const plain = (text: string): string => text.replace(/\s+/g, " ");

const capture = (instances: Record<string, unknown>) => ({
  "snapset:mode": "capture",
  "snapset:instances": { instances },
});
const gone = "00000000-0000-4000-8000-000000000000";
const one = capture({
  controller: { uuid: gone, role: "controller", mac_address: "fa:16:9e:0:0:1" },
});

it("an unknown key, a wrong type, a wrong value and a missing one are told at once", async () => {
  const output = await refusalOf({
    "snapset:mode": "rewind",
    "snapset:snapID": "x",
    "snapset:parallelImages": "many",
    "snapset:cluster": { stability: { initial: 5 } },
  });
  expect(output).toContain(
    "error: stack configuration: 5 problems " +
      "- snapset:mode: must be one of restore, deploy, capture " +
      "- snapset:parallelImages: must be a number " +
      "- snapset:cluster.stability.initial: must be a duration such as 60s, 5m, 25h or 30d " +
      "- snapset:cluster.kubeconfig: is missing: give the path of a kubeconfig, kubeconfigContent as a secret, or remoteKubeconfig and a bastion " +
      "- snapset:snapID: unknown key",
  );
});

it("instances with a bad UUID, role or MAC are told at once", async () => {
  const output = await refusalOf(
    capture({
      controller: { uuid: "4711", role: "boss", mac_address: "fa:16:9e:0:0" },
      compute0: { uuid: gone, role: "compute", mac: "fa:16:9e:0:0:2" },
    }),
  );
  expect(output).toContain(
    "error: snapset:instances: 5 problems " +
      "- instances.compute0.mac: unknown key; allowed are uuid, role, mac_address, platform " +
      "- instances.compute0.mac_address: is missing " +
      "- instances.controller.uuid: must be a UUID, got 4711 " +
      "- instances.controller.role: must be one of controller, ocp_master, ocp_worker, compute, networker, bmh, ironic, nat64_appliance, switch, devstack, got boss " +
      "- instances.controller.mac_address: must be a MAC address, got fa:16:9e:0:0",
  );
});

it("an environment with a name, a MAC or an address given twice is told of all of them", async () => {
  const path = join(cloud.directory, "twice.yaml");
  const text = readFileSync(join(__dirname, "two-guests.yaml"), "utf8");
  writeFileSync(
    path,
    text
      .replaceAll("compute0", "controller")
      .replaceAll("fa:16:9e:77:00:10", "FA-16-9E-77-0-5")
      .replaceAll("192.168.77.10", "192.168.77.254"),
  );
  expect(await refusalOf({ "snapset:mode": "deploy", "snapset:environment": path })).toContain(
    `error: ${path}: 3 problems ` +
      "- nodes[1].name: controller stands at nodes[0].name already " +
      "- nodes[1].ports[0].mac: fa:16:9e:77:00:05 stands at nodes[0].ports[0].mac already " +
      "- nodes[1].ports[0].fixedIps[0].ip: 192.168.77.254 stands at nodes[0].ports[0].fixedIps[0].ip already",
  );
});

it("a cloud that clouds.yaml does not define", async () => {
  const output = await refusalOf({ ...one, "openstack:cloud": "nowhere" });
  const file = cloud.env.OS_CLIENT_CONFIG_FILE;
  expect(output).toContain(
    "error: cloud `nowhere`: is not defined; " +
      `clouds in ${file}: sandbox, sandbox-admin, sandbox-other`,
  );
});

it("a password that Keystone refuses", async () => {
  const file = cloud.env.OS_CLIENT_CONFIG_FILE;
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("password: sandbox", "password: wrong-password"));
  cloud.world.requests.clear();
  const output = await refusalOf({ ...one, "openstack:cloud": "sandbox-admin" });
  writeFileSync(file, text);
  expect(output).toMatch(
    /error: identity createToken: POST http:\S+\/identity\/v3\/auth\/tokens answered 401: The request you have made requires authentication\. \(request req-[0-9a-f-]{36}\)/,
  );
  expect(output).not.toContain("wrong-password");
});

it("an instance that is not there", async () => {
  expect(await refusalOf(one)).toContain(
    `resource 'faults' has a problem: instance controller (${gone}) is not found in cloud sandbox: `,
  );
});

it("a set that is not there, for an environment that is given", async () => {
  const output = await refusalOf({
    "snapset:mode": "restore",
    "snapset:snapId": "unknown0",
    "snapset:environment": "test/acceptance/two-guests.yaml",
  });
  expect(output).toContain("has a problem: snapId: there is no set unknown0; there is none at all");
});
