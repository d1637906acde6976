import { existsSync, readFileSync } from "node:fs";
import { Sshd, until } from "../openshift/ssh/sshd";
import { addresses, BastionCloud, folder, key, sshd } from "./BastionCloud";
import { captureOf, failureOf } from "./FaultyCloud";

jest.setTimeout(120_000);

const told = `${folder.path}/told`;
// Nothing is run: what is told is written down, as it would shut this machine down.
const note = folder.write("note", `#!/bin/sh\necho "$SSH_ORIGINAL_COMMAND" >>${told}\n`, 0o700);
const node = new Sshd(folder, "node", [key], addresses.master0, [`ForceCommand ${note}`]);
let lab: BastionCloud;

beforeAll(async () => {
  await sshd.start();
  await node.start();
});
beforeEach(async () => {
  lab = await BastionCloud.open();
});
afterEach(() => lab.close());
afterAll(async () => {
  await Sshd.stopAll();
  folder.remove();
});

const linesTold = () => (existsSync(told) ? readFileSync(told, "utf8").trim().split("\n") : []);

/** The bastion's login and no pods. The gate is not what this is about. */
const nodeAccess = (ssh: object) => ({ nodeAccess: { ssh }, rotation: { mode: "off" } });

it("nodes are told to shut down by SSH through the bastion, and no pod is made", async () => {
  folder.write("known_nodes", node.knownHost("master0"));
  const user = lab.configure().inputs.bastion?.user;
  const ssh = { user, port: node.port, knownHosts: `${folder.path}/known_nodes` };
  const { inputs, on } = lab.configure({}, nodeAccess(ssh));
  const capturing = on.capture(captureOf(lab.instances, { cluster: inputs }));
  await until(() => linesTold().some((line) => line.includes("shutdown")));
  expect(linesTold().at(-1)).toMatch(/shutdown -h \+1$/);
  expect(lab.model().pods.list()).toEqual([]);
  lab.cloud.world.powerOffFromInside(lab.guest("master0").serverId);
  const outs = await capturing;
  expect(outs.phase).toBe("committed");
  expect(lab.cloud.manifestOf("faults01").members.map(({ stop }) => stop)).toEqual([
    "graceful",
    "inside",
  ]);
});

it("a node of which no key is known is told nothing, and the cluster is given back", async () => {
  folder.write("known_nodes", "");
  const user = lab.configure().inputs.bastion?.user;
  const ssh = { user, port: node.port, knownHosts: `${folder.path}/known_nodes` };
  const { inputs, on } = lab.configure({}, nodeAccess(ssh));
  const before = linesTold().length;
  const capturing = on.capture(captureOf(lab.instances, { cluster: inputs }));
  const { message } = await failureOf(capturing);
  expect(message).toMatch(/node master0 \(\S+@127\.0\.9\.10:\d+\): the host key is not known/);
  expect(linesTold()).toHaveLength(before);
  expect(await lab.cordoned()).toBe(0);
  expect(lab.cloud.states()).toEqual({ controller: "ACTIVE", master0: "ACTIVE" });
});
