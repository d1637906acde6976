import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { toSnapsetData } from "../../snapset/snapsetData";
import { Sshd, until, user } from "../openshift/ssh/sshd";
import { acceptanceProject } from "./cloud";
import { BastionCloud, folder, key, sshd } from "./BastionCloud";

jest.setTimeout(180_000);

const stack = "snapshot";
let lab: BastionCloud;
let place: ReturnType<typeof acceptanceProject>;

beforeAll(async () => {
  await sshd.start();
  lab = await BastionCloud.open();
  place = acceptanceProject(lab.cloud.env);
});
afterAll(async () => {
  await Sshd.stopAll();
  await lab.close();
  place.remove();
  folder.remove();
});

/** Everything that Pulumi has written: state, history, configuration. */
function written(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, "utf8"));
}

it("a private key in the stack's configuration opens the bastion, and is nowhere in clear", async () => {
  await place.project.createStack(stack, {
    "openstack:cloud": "sandbox",
    "snapset:mode": "capture",
    "snapset:source": undefined,
    "snapset:instances": { ...toSnapsetData(lab.instances) },
    "snapset:consistency": "crash",
    "snapset:cluster": {
      remoteKubeconfig: "~/kubeconfig",
      bastion: { port: sshd.port, user, knownHosts: `${folder.path}/known_hosts` },
    },
  });
  const privateKey = readFileSync(key.file, "utf8");
  const path = ["--secret", "--path", "snapset:cluster.bastion.privateKey", "--", privateKey];
  const set = await place.project.onStack("config", stack, ["set", ...path]);
  expect([set.code, set.output]).toEqual([0, ""]);
  const run = await place.project.up(stack);
  expect(run.output).toContain("rotation gate");
  expect(run.code).toBe(0);
  const { not_after } = await place.project.outputs(stack);
  expect(Date.parse(String(not_after))).toBeGreaterThan(Date.now());
  const files = written(place.directory);
  expect(files.some((text) => text.includes("remoteKubeconfig"))).toBe(true);
  const [, secret = ""] = privateKey.split("\n");
  expect(files.filter((text) => text.includes(secret))).toEqual([]);
  expect(run.output).not.toContain(secret);
  await until(() => sshd.sessions() === 0);
});
