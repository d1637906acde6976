import { existsSync, readFileSync, rmSync } from "node:fs";
import { InputError, TimeoutError } from "../../../common/errors";
import {
  connectCluster,
  openBastion,
  sshNodeAccess,
  type Bastion,
  type Cluster,
} from "../../../openshift";
import { ClusterStateError } from "../../../openshift/api/errors";
import {
  sshNodeAccess as makeAccess,
  type NodeAccessSettings,
} from "../../../openshift/ssh/nodeAccess";
import { quiesce } from "../../../openshift/quiesce/quiesce";
import { readKubelets } from "../../../openshift/rotation/readKubelets";
import type { NodesCommand } from "../../../openshift/nodes/runOnNodes";
import { undoQuiesce } from "../../../openshift/quiesce/undoQuiesce";
import { clustersOf, kubeconfigFor } from "../../../sandbox/openshift";
import { Lab, minute } from "../../sandbox/openshift/lab";
import { Folder, nodeShell, Sshd, until, user } from "./sshd";

const folder = new Folder();
const key = folder.makeKey("key");
// Nodes have a shutdown that only writes down what it was told; where the tests are not root, a sudo
// goes before it. Set last, as a login shell's own files may put the machine's before them.
const shell = nodeShell(folder, { "/var/tmp": folder.path });
const force = `ForceCommand ${shell}`;
const jump = new Sshd(folder, "bastion", [key]);
const node0 = new Sshd(folder, "node0", [key], "127.0.0.10", [force]);
const node1 = new Sshd(folder, "node1", [key], "127.0.0.11", [force]);
const lab = new Lab();
const told = `${folder.path}/told`;
let cluster: Cluster;
let bastion: Bastion;

beforeAll(async () => {
  await lab.open();
  lab.boot("controller", "127.0.0.254");
  lab.boot("master-0", node0.address);
  lab.boot("master-1", node1.address);
  lab.worldClock.advance(50 * minute);
  const kubeconfig = { content: kubeconfigFor(lab.url, node0.address) };
  cluster = await connectCluster({ kubeconfig, clock: lab.clock });
  await jump.start();
  await node0.start();
  node1.port = node0.port;
  await node1.start();
  folder.write("shutdown", `#!/bin/sh\necho "$SSH_CONNECTION|$*" >>${told}\n`, 0o700);
  folder.write("fail", "#!/bin/sh\necho no way >&2\nexit 3\n", 0o700);
  folder.write(
    "hang",
    `#!/bin/sh\necho "$1" >>${told}\nwhile [ -e ${told} ]; do sleep 0.2; done\n`,
    0o700,
  );
  folder.write("sudo", '#!/bin/sh\nshift 2\nexec "$@"\n', 0o700);
});
beforeEach(() => {
  rmSync(told, { force: true });
  const knownHosts = folder.write("jump_hosts", jump.knownHost());
  const login = { user, keyFile: key.file, knownHosts };
  bastion = openBastion({ host: "127.0.0.1", port: jump.port, ...login });
});
afterEach(() => {
  bastion.close();
});
afterAll(async () => {
  await Sshd.stopAll();
  await lab.close();
  folder.remove();
});

const both = () =>
  folder.write("known_hosts", `${node0.knownHost()}${node1.knownHost("master-1")}`);
const access = (settings: NodeAccessSettings = {}) =>
  makeAccess({ user, port: node0.port, knownHosts: both(), ...settings }, bastion);
const run = (command: Partial<NodesCommand> = {}, settings: NodeAccessSettings = {}) =>
  access(settings)(cluster, {
    nodeNames: ["master-0", "master-1"],
    purpose: "shutdown",
    command: ["shutdown", "-h", "+1", "it's time"],
    deadlineMs: 30_000,
    clock: lab.clock,
    ...command,
  });
const subject = (name: string, sshd: Sshd) => `node ${name} (${user}@${sshd.address}:${sshd.port})`;
/** What nodes were told: from where, on which address, what. */
const lines = () =>
  readFileSync(told, "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const [connection = "", words] = line.split("|");
      return `${connection.split(" ")[2] ?? ""}: ${words ?? ""}`;
    })
    .sort();

const hangs = (which: string) => existsSync(told) && readFileSync(told, "utf8").includes(which);

test("runs a command on every node through the bastion, with the bastion's key", async () => {
  const events: string[] = [];
  await run({
    onStarted: (name) => events.push(`${name} started`),
    onSucceeded: (name) => {
      events.push(`${name} succeeded`);
      return Promise.resolve();
    },
    onProgress: (line) => events.push(line),
  });
  expect(lines()).toEqual(["127.0.0.10: -h +1 it's time", "127.0.0.11: -h +1 it's time"]);
  expect(events.slice().sort()).toEqual([
    "1 of 2 done",
    "2 of 2 done",
    "master-0 started",
    "master-0 succeeded",
    "master-1 started",
    "master-1 succeeded",
  ]);
  expect(jump.sessions()).toBe(1);
  await until(() => node0.sessions() + node1.sessions() === 0);
});

test("without a bastion, with a key of its own", async () => {
  const runDirectly = sshNodeAccess({
    user,
    port: node0.port,
    keyFile: key.file,
    knownHosts: both(),
  });
  await runDirectly(cluster, {
    nodeNames: ["master-0"],
    purpose: "shutdown",
    command: ["shutdown", "-c"],
    deadlineMs: 30_000,
    clock: lab.clock,
  });
  expect(lines()).toEqual(["127.0.0.10: -c"]);
});

test("quiesces a cluster, and takes it back", async () => {
  const runOnNodes = access();
  const evidence = await quiesce(cluster, { clock: lab.clock, runOnNodes });
  expect(evidence.nodes.map(({ name }) => name)).toEqual(["master-0", "master-1"]);
  expect(lines()).toEqual(["127.0.0.10: -h +1", "127.0.0.11: -h +1"]);
  rmSync(told);
  expect(await undoQuiesce(cluster, { clock: lab.clock, runOnNodes })).toEqual({
    undone: [
      "master-0 uncordoned",
      "master-1 uncordoned",
      "shutdown of master-0 cancelled",
      "shutdown of master-1 cancelled",
    ],
    notUndone: [],
  });
  expect(lines()).toEqual(["127.0.0.10: -c", "127.0.0.11: -c"]);
  expect(clustersOf(lab.world).at(node0.address)?.pods.list()).toEqual([]);
});

test("a command that fails is told with its words, for every node", async () => {
  await expect(run({ command: ["fail"] })).rejects.toEqual(
    new ClusterStateError("shutdown failed", [
      `${subject("master-0", node0)}: fail: exit code 3: no way`,
      `${subject("master-1", node1)}: fail: exit code 3: no way`,
    ]),
  );
});

test("what a command writes to its standard output is handed over, what to the other is not", async () => {
  const outputs: Record<string, string> = {};
  const onOutput = (name: string, output: string) => (outputs[name] = output);
  await run({ command: ["sh", "-c", "echo one; echo no >&2; echo two"], onOutput });
  expect(outputs).toEqual({ "master-0": "one\ntwo\n", "master-1": "one\ntwo\n" });
});

test("reads kubelets' credentials: the script arrives whole, through every shell on the way", async () => {
  // there is no kubelet here, so nothing is there to be read, and that is what each node says
  const readings = await readKubelets(cluster, { clock: lab.clock, runOnNodes: access() });
  expect(readings).toEqual([
    { node: "master-0", credentials: {} },
    { node: "master-1", credentials: {} },
  ]);
});

test("where a failure is asked for, it is told by node and ends nothing", async () => {
  const failed: string[] = [];
  const knownHosts = folder.write("half", node0.knownHost());
  await run({ onFailed: (...it) => failed.push(it.join(": ")) }, { knownHosts });
  expect(failed).toEqual([expect.stringMatching(/^master-1: .*: the host key is not known: /)]);
  expect(lines()).toEqual(["127.0.0.10: -h +1 it's time"]);
});

test("a script that fails is told by its purpose", async () => {
  const script = `: ${"x".repeat(80)}; exit 3`;
  await expect(run({ nodeNames: ["master-0"], command: ["sh", "-c", script] })).rejects.toEqual(
    new ClusterStateError("shutdown failed", [
      `${subject("master-0", node0)}: shutdown: exit code 3`,
    ]),
  );
});

test("a node whose host key is not known is not told; the others are", async () => {
  const knownHosts = folder.write("half", node0.knownHost());
  const error: unknown = await run({}, { knownHosts }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ClusterStateError);
  expect((error as Error).message).toMatch(
    `shutdown failed: ${subject("master-1", node1)}: the host key is not known: it shows ssh-ed25519 SHA256:`,
  );
  expect(lines()).toEqual(["127.0.0.10: -h +1 it's time"]);
});

test("a new node is accepted only when that is asked for, and a changed one never", async () => {
  const stranger = folder.makeKey(`stranger-${jump.log.length}`).publicKey;
  const line = `[${node1.address}]:${node1.port} ${stranger}\n`;
  const knownHosts = folder.write("wrong", line);
  await run({ nodeNames: ["master-0"] }, { knownHosts, acceptNew: true });
  await expect(run({}, { knownHosts, acceptNew: true })).rejects.toThrow(
    `${subject("master-1", node1)}: the host key has changed: `,
  );
});

test("a node that cannot be reached is tried until the deadline, and named", async () => {
  await node1.stop();
  const by = bastion.subject;
  const last = `${by}: cannot connect to 127.0.0.11:${node1.port}: (SSH) Channel open failure: Connection refused`;
  await expect(run()).rejects.toEqual(
    new TimeoutError(
      "shutdown to run on master-1",
      30_000,
      `timed out after 30 s waiting for SSH to ${subject("master-1", node1)}; last seen: ${last}`,
    ),
  );
  expect(lines()).toEqual(["127.0.0.10: -h +1 it's time"]);
  await node1.start();
});

test("a command that does not end is left at the deadline", async () => {
  await expect(
    run({ nodeNames: ["master-0"], command: ["hang", "late"], deadlineMs: 1000 }),
  ).rejects.toEqual(
    new TimeoutError(
      "shutdown to run on master-0",
      1000,
      `timed out after 1.0 s waiting for shutdown to end on ${subject("master-0", node0)}; last seen: the command runs`,
    ),
  );
  expect(hangs("late")).toBe(true);
});

test("an abort ends it with its own reason", async () => {
  const controller = new AbortController();
  const running = run({ command: ["hang", "abort"], signal: controller.signal });
  const ended = expect(running).rejects.toThrow("cancelled by user");
  await until(() => hangs("abort"));
  controller.abort(new Error("cancelled by user"));
  await ended;
});

test("a connection that is cut in the middle of a command is a failure: it may have run", async () => {
  const running = run({ nodeNames: ["master-0"], command: ["hang", "cut"] });
  const failed = expect(running).rejects.toEqual(
    new ClusterStateError("shutdown failed", [
      `${subject("master-0", node0)}: the connection ended before the command did`,
    ]),
  );
  await until(() => hangs("cut"));
  jump.cut();
  await failed;
});

test("a node without an address is named before anything runs", async () => {
  await expect(run({ nodeNames: ["master-0", "worker-9"] })).rejects.toEqual(
    new ClusterStateError("cannot run shutdown on every node", [
      "no InternalIP is known of worker-9",
    ]),
  );
  expect(existsSync(told)).toBe(false);
});

test("all that is wrong with the settings is said at once", () => {
  const settings = { port: 0, keyFile: "/no/key", knownHosts: "/no/hosts" };
  expect(() => sshNodeAccess(settings)).toThrow(
    new InputError("nodeAccess", [
      "port: 0 is not a port",
      "keyFile: /no/key cannot be read (ENOENT)",
      "knownHosts: /no/hosts cannot be read (ENOENT)",
    ]),
  );
});
