import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  renewBootstrapCommand,
  restartKubeletCommand,
} from "../../../openshift/rotation/nodeScripts";

let folder: string;
const at = (name: string) => join(folder, name);
const write = (name: string, text: string, mode = 0o700) => {
  writeFileSync(at(name), text, { mode });
};
/** Programs that write down what they were told; `oc` takes what contains the word `good`. */
const programs: Record<string, string> = {
  oc: `grep -q good "\${1#--kubeconfig=}" && echo "oc $2 $3 $4" >>$LOG`,
  systemctl: 'echo "systemctl $*" >>$LOG',
  recover: 'echo token >"$(mktemp)"; echo "recover $KUBECONFIG" >>$LOG; cat "$ANSWER"',
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "snapset-node-"));
  for (const name of ["bin", "pki", "etc", "tmp"]) mkdirSync(at(name));
  for (const [name, body] of Object.entries(programs)) write(`bin/${name}`, `#!/bin/sh\n${body}\n`);
  for (const kind of ["client", "server"]) {
    write(`pki/kubelet-${kind}-2026-01-01-00-00-00.pem`, "certificate");
    symlinkSync(
      at(`pki/kubelet-${kind}-2026-01-01-00-00-00.pem`),
      at(`pki/kubelet-${kind}-current.pem`),
    );
  }
  write("etc/kubeconfig", "good old", 0o644);
  write("answer", "good new");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(command: readonly string[]) {
  const [shell = "", ...words] = command;
  const env = {
    PATH: `${at("bin")}:/usr/bin:/bin`,
    TMPDIR: at("tmp"),
    LOG: at("log"),
    ANSWER: at("answer"),
  };
  return spawnSync(shell, words, { env, encoding: "utf8" });
}
const log = () => (existsSync(at("log")) ? readFileSync(at("log"), "utf8").trim().split("\n") : []);
const restart = () => run(restartKubeletCommand(at("pki"), at("etc/kubeconfig")));
const renew = () =>
  run(renewBootstrapCommand(at("etc/kubeconfig"), "/admin.kubeconfig", at("bin/recover")));

test("a kubelet is restarted without its current certificates, which stay beside", () => {
  expect(restart()).toMatchObject({ status: 0, stdout: "" });
  expect(readdirSync(at("pki"))).toEqual([
    "kubelet-client-2026-01-01-00-00-00.pem",
    "kubelet-server-2026-01-01-00-00-00.pem",
  ]);
  expect(log()).toEqual(["oc get --raw /api", "systemctl --no-block restart kubelet"]);
});

test("where the API refuses the bootstrap credential nothing is touched", () => {
  write("etc/kubeconfig", "expired");
  expect(restart()).toMatchObject({
    status: 1,
    stdout: `the API refuses the bootstrap credential in ${at("etc/kubeconfig")}\n`,
  });
  expect(readdirSync(at("pki"))).toHaveLength(4);
  expect(log()).toEqual([]);
});

test("may be run again when it was interrupted", () => {
  rmSync(at("pki/kubelet-client-current.pem"));
  expect(restart().status).toBe(0);
  expect(restart().status).toBe(0);
  expect(log().filter((line) => line.startsWith("systemctl"))).toHaveLength(2);
});

test("a bootstrap kubeconfig is replaced by one that the API takes, and nothing else is left", () => {
  expect(renew()).toMatchObject({ status: 0, stdout: "" });
  expect(readFileSync(at("etc/kubeconfig"), "utf8")).toBe("good new");
  expect(statSync(at("etc/kubeconfig")).mode & 0o777).toBe(0o600);
  expect(log()).toEqual(["recover /admin.kubeconfig", "oc get --raw /api"]);
  expect([...readdirSync(at("etc")), ...readdirSync(at("tmp"))]).toEqual(["kubeconfig"]);
});

test.each([
  [
    "the API refuses the new one",
    () => {
      write("answer", "bad");
    },
  ],
  [
    "it cannot be made",
    () => {
      rmSync(at("answer"));
    },
  ],
])("it stays when %s, and nothing is left", (_, prepare) => {
  prepare();
  expect(renew().status).not.toBe(0);
  expect(readFileSync(at("etc/kubeconfig"), "utf8")).toBe("good old");
  expect([...readdirSync(at("etc")), ...readdirSync(at("tmp"))]).toEqual(["kubeconfig"]);
});
