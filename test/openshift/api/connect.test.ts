import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../common/clock";
import { InputError } from "../../../common/errors";
import { connectCluster } from "../../../openshift/api/connect";
import { kubeconfigFor } from "../../../sandbox/openshift";

jest.setTimeout(60_000);

const clock = systemClock;
const connect = (content: string) => connectCluster({ kubeconfig: { content }, clock });
const good = kubeconfigFor("http://127.0.0.1:1", "192.168.32.10");

test("a good kubeconfig names its server", async () => {
  expect((await connect(good)).server).toBe("http://127.0.0.1:1/openshift/192.168.32.10");
});

test.each([
  ["current-context: sandbox", "", "kubeconfig: current-context: is not set"],
  [
    "current-context: sandbox",
    "current-context: other",
    'kubeconfig: current-context: there is no context "other"',
  ],
  [
    "user: kubeadmin",
    "user: somebody",
    'kubeconfig: context "sandbox": there is no user "somebody"',
  ],
  [
    "cluster: sandbox",
    "cluster: elsewhere",
    'kubeconfig: context "sandbox": there is no cluster "elsewhere"',
  ],
  [
    "server: http://127.0.0.1:1/openshift/192.168.32.10",
    "server: master-0",
    'kubeconfig: server: "master-0" is not an http or https URL',
  ],
  [
    "insecure-skip-tls-verify: true",
    "",
    'kubeconfig: server: http://127.0.0.1:1/openshift/192.168.32.10 is plain http, which needs "insecure-skip-tls-verify: true" beside it',
  ],
])("instead of %j: %j", async (from, to, message) => {
  expect(good).toContain(from);
  await expect(connect(good.replace(from, to))).rejects.toEqual(new InputError(...split(message)));
});

function split(message: string): [string, string[]] {
  return ["kubeconfig", [message.replace(/^kubeconfig: /, "")]];
}

test("what is not a kubeconfig is refused without quoting it", async () => {
  const secret = "token: s3cret\n  - : [";
  await expect(connect(secret)).rejects.toThrow(/^kubeconfig: is not YAML \(line \d+\)$/);
  await expect(connect("contexts:\n  - 5")).rejects.toThrow(
    "kubeconfig: is not a kubeconfig: it needs clusters, users, contexts and current-context",
  );
});

test("a file is named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "snapset-kubeconfig-"));
  const path = join(folder, "kubeconfig");
  const load = () => connectCluster({ kubeconfig: { path }, clock });
  await expect(load()).rejects.toThrow(`kubeconfig ${path}: there is no such file`);
  writeFileSync(path, good);
  expect((await load()).server).toBe("http://127.0.0.1:1/openshift/192.168.32.10");
  rmSync(folder, { recursive: true });
});
