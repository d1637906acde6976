import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { nodeShell, Sshd, until } from "../openshift/ssh/sshd";
import { addresses, BastionCloud, folder, key, sshd } from "./BastionCloud";
import { captureOf, failureOf } from "./FaultyCloud";

jest.setTimeout(120_000);

const told = `${folder.path}/told`;
const script = "/usr/local/bin/cluster-backup.sh";
// A node's shell: what would shut this machine down is only written down, and OpenShift's script is ours.
const shell = nodeShell(folder, {
  [script]: `${folder.path}/cluster-backup.sh`,
  "/var/tmp": folder.path,
});
const node = new Sshd(folder, "node", [key], addresses.master0, [`ForceCommand ${shell}`]);
let lab: BastionCloud;

beforeAll(async () => {
  folder.write("shutdown", `#!/bin/sh\necho "$*" >>${told}\n`, 0o700);
  folder.write("sudo", '#!/bin/sh\nshift 2\nexec "$@"\n', 0o700);
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

/** As a user configures it; the rotation gate is not what this is about. */
function configured() {
  folder.write("known_nodes", node.knownHost("master0"));
  const user = lab.configure().inputs.bastion?.user;
  const ssh = { user, port: node.port, knownHosts: `${folder.path}/known_nodes` };
  const etcdBackup = `${folder.path}/backups`;
  return lab.configure({}, { nodeAccess: { ssh }, rotation: { mode: "off" }, etcdBackup });
}

it("a backup of etcd is on the bastion before the nodes are told, and in the manifest", async () => {
  folder.write(
    "cluster-backup.sh",
    '#!/bin/sh\nmkdir -p "$1"\necho db >"$1/snapshot_1.db"\n',
    0o700,
  );
  const { inputs, on } = configured();
  const capturing = on.capture(captureOf(lab.instances, { cluster: inputs }));
  await until(() => linesTold().includes("-h +1"));
  const path = `${folder.path}/backups/etcd-faults01.tar`;
  const content = readFileSync(path);
  lab.cloud.world.powerOffFromInside(lab.guest("master0").serverId);
  expect((await capturing).phase).toBe("committed");
  const sha256 = createHash("sha256").update(content).digest("hex");
  const { phases } = lab.cloud.manifestOf("faults01");
  expect(phases.find(({ name }) => name === "etcd backup")?.evidence).toBe(
    `${path} on the bastion, made by master0: ${content.length} bytes, SHA-256 ${sha256}`,
  );
  expect(existsSync(`${folder.path}/snapset-etcd-backup.tar`)).toBe(false);
});

it("a backup that fails ends the capture before anything is changed", async () => {
  folder.write("cluster-backup.sh", "#!/bin/sh\necho etcd is not healthy >&2\nexit 1\n", 0o700);
  const { inputs, on } = configured();
  const before = linesTold().length;
  const capturing = on.capture(captureOf(lab.instances, { cluster: inputs }));
  const { message } = await failureOf(capturing);
  expect(message).toMatch(
    /^the cluster could not be brought to rest: etcd could not be backed up: node master0 \(\S+\): exit code 1: etcd is not healthy/,
  );
  expect(linesTold()).toHaveLength(before);
  expect(await lab.cordoned()).toBe(0);
  expect(lab.cloud.states()).toEqual({ controller: "ACTIVE", master0: "ACTIVE" });
});
