import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { connectCluster, openBastion, type Bastion, type Cluster } from "../../../openshift";
import { backUpEtcd, parsePassed, type EtcdBackup } from "../../../openshift/quiesce/etcdBackup";
import { sshNodeSessions } from "../../../openshift/ssh/nodeAccess";
import { kubeconfigFor } from "../../../sandbox/openshift";
import { Lab, minute } from "../../sandbox/openshift/lab";
import { Folder, nodeShell, runTool, Sshd, user } from "../ssh/sshd";

const folder = new Folder();
const key = folder.makeKey("key");
const jump = new Sshd(folder, "bastion", [key]);
const shell = nodeShell(folder, { "/var/tmp": folder.path });
const node = new Sshd(folder, "node", [key], "127.0.0.10", [`ForceCommand ${shell}`]);
const onNode = `${folder.path}/snapset-etcd-backup`;
const target = `${folder.path}/backups`;
const lab = new Lab();
let cluster: Cluster;
let bastion: Bastion;

/** What OpenShift's script does, as far as it matters: two files in the directory that it makes. */
const script = (name: string, body: string) =>
  folder.write(name, `#!/bin/sh\nset -e\necho snapshot saved\nmkdir -p "$1"\n${body}\n`, 0o700);
const good = script(
  "cluster-backup.sh",
  'head -c 3000000 /dev/urandom >"$1/snapshot_1.db"\necho static >"$1/static_kuberesources_1.tar.gz"',
);

beforeAll(async () => {
  await lab.open();
  lab.boot("controller", "127.0.0.254");
  lab.boot("master-0", node.address);
  lab.worldClock.advance(50 * minute);
  const kubeconfig = { content: kubeconfigFor(lab.url, node.address) };
  cluster = await connectCluster({ kubeconfig, clock: lab.clock });
  folder.write("sudo", '#!/bin/sh\nshift 2\nexec "$@"\n', 0o700);
  await jump.start();
  await node.start();
});
beforeEach(() => {
  rmSync(target, { recursive: true, force: true });
  const knownHosts = folder.write("jump_hosts", jump.knownHost());
  bastion = openBastion({
    host: "127.0.0.1",
    port: jump.port,
    user,
    keyFile: key.file,
    knownHosts,
  });
});
afterEach(() => {
  bastion.close();
});
afterAll(async () => {
  await Sshd.stopAll();
  await lab.close();
  folder.remove();
});

const run = (changes: Partial<EtcdBackup> = {}) =>
  backUpEtcd(cluster, {
    openNode: sshNodeSessions(
      { user, port: node.port, knownHosts: folder.write("known_hosts", node.knownHost()) },
      bastion,
    ),
    bastion,
    directory: target,
    fileName: "etcd-AbCdEf12.tar",
    script: good,
    clock: lab.clock,
    ...changes,
  });
const isGoneFromNode = () => !existsSync(onNode) && !existsSync(`${onNode}.tar`);
const subject = () => `node master-0 (${user}@127.0.0.10:${node.port})`;

test("streams the archive to the bastion, whole, for its user alone, and leaves none on the node", async () => {
  const lines: string[] = [];
  const evidence = await run({ onProgress: (line) => lines.push(line) });
  const path = `${target}/etcd-AbCdEf12.tar`;
  const content = readFileSync(path);
  expect(evidence).toMatchObject({
    node: "master-0",
    path,
    sizeBytes: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
  });
  expect(content.length).toBeGreaterThan(3_000_000);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(runTool("tar", ["-tf", path]).split("\n").sort()).toEqual([
    "",
    "./",
    "./snapshot_1.db",
    "./static_kuberesources_1.tar.gz",
  ]);
  expect(isGoneFromNode()).toBe(true);
  expect(lines).toEqual([
    "etcd backup: made on master-0",
    `etcd backup: ${content.length} bytes are sent to ${path}`,
  ]);
});

test("a home directory's ~ is the bastion user's", async () => {
  const name = `snapset-etcd-test-${process.pid}`;
  const { path } = await run({ directory: `~/${name}` });
  expect(path).toBe(`~/${name}/etcd-AbCdEf12.tar`);
  const { stdout } = await bastion.run(`ls ~/${name} && rm -r ~/${name}`);
  expect(stdout).toBe("etcd-AbCdEf12.tar\n");
});

test("a script that fails is told with what it said, and nothing is left", async () => {
  const failing = script("failing", "echo etcd is not healthy >&2\nexit 7");
  await expect(run({ script: failing })).rejects.toThrow(
    `etcd could not be backed up: ${subject()}: exit code 7: snapshot saved\netcd is not healthy`,
  );
  expect(isGoneFromNode()).toBe(true);
  expect(existsSync(target)).toBe(false);
});

test("a bastion that cannot take it says why, and no finished file is there", async () => {
  const file = folder.write("a-file", "");
  await expect(run({ directory: `${file}/below` })).rejects.toThrow(
    new RegExp(
      `^etcd could not be backed up: bastion ${user}@127.0.0.1:\\d+: exit code 1: mkdir: `,
    ),
  );
  expect(isGoneFromNode()).toBe(true);
});

test("an abort ends it, and nothing is left on the node", async () => {
  const controller = new AbortController();
  const hanging = script("hanging", "while [ -d $(dirname $0) ]; do sleep 0.2; done");
  const onProgress = () => {
    setTimeout(() => {
      controller.abort(new Error("cancelled by user"));
    }, 300);
  };
  await expect(run({ script: hanging, signal: controller.signal, onProgress })).rejects.toThrow(
    "cancelled by user",
  );
  expect(existsSync(`${onNode}.tar`)).toBe(false);
});

test("a master that is not Ready is not asked", async () => {
  const none = { ...cluster, listNodes: () => Promise.resolve([]) };
  await expect(backUpEtcd(none, { bastion, clock: lab.clock } as EtcdBackup)).rejects.toThrow(
    "etcd cannot be backed up: no master is Ready, of none at all",
  );
});

test("only a size and a hash are read as such", () => {
  const sha256 = "0".repeat(64);
  expect(parsePassed(`12\n${sha256}  -\n`, "x")).toEqual({ sizeBytes: 12, sha256 });
  expect(() => parsePassed("12\n", "x")).toThrow("x: size and hash were asked for, it said: 12");
  expect(() => parsePassed("", "x")).toThrow("it said: nothing");
});
