import { clusterInputsOf } from "../../platforms/cluster/inputs";
import { InputError } from "../../common/errors";
import { parseClusterSettings } from "../../snapset/config";

const key = `ssh-ed25519 ${"AAAA".padEnd(68, "x")}`;
const bastion = { host: "203.0.113.7", user: "zuul" };

const settingsOf = (value: object) => {
  const settings = parseClusterSettings(JSON.stringify(value));
  if (settings === undefined) throw new Error("there are none");
  return settings;
};

function problemsOf(value: object): readonly string[] {
  try {
    settingsOf(value);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe("the way to a cluster", () => {
  it("is the shortest with a kubeconfig on the bastion, the agent and ~/.ssh/known_hosts", () => {
    const { remoteKubeconfig, addresses, nodeAccess, ...rest } = settingsOf({
      remoteKubeconfig: "~/.kube/config",
      bastion,
    });
    expect([remoteKubeconfig, addresses, nodeAccess]).toEqual(["~/.kube/config", [], {}]);
    expect(rest.bastion).toEqual({
      ...bastion,
      port: 22,
      keepAlive: 5000,
      connectTimeout: 10_000,
    });
  });

  it.each([
    ["pod", {}],
    ["ssh", { ssh: { user: "core", port: 22, acceptNew: false, connectTimeout: 10_000 } }],
    [
      { ssh: { user: "root", port: 2222, hostKey: key, acceptNew: true, connectTimeout: "3s" } },
      { ssh: { user: "root", port: 2222, hostKey: key, acceptNew: true, connectTimeout: 3000 } },
    ],
  ])("gets commands to nodes by %j", (nodeAccess, expected) => {
    expect(settingsOf({ kubeconfig: "k", nodeAccess }).nodeAccess).toEqual(expected);
  });

  it.each(["console", key, [key, "SHA256:" + "a".repeat(43)], `${key} root@controller`])(
    "takes the host key %j of a bastion",
    (hostKey) => {
      expect(problemsOf({ kubeconfig: "k", bastion: { ...bastion, hostKey } })).toEqual([]);
    },
  );

  it("says of every key what is allowed, all at once", () => {
    const value = {
      remoteKubeconfig: "",
      kubeconfig: "k",
      addresses: ["api", "10.0.0.5:6443"],
      bastion: {
        port: 70_000,
        keyFile: "id",
        privateKey: "s3cret",
        agent: false,
        knownHosts: "hosts",
        hostKey: "s3cret",
        keepAlive: "5",
        jump: "x",
      },
      nodeAccess: { ssh: { passphrase: "s3cret", hostKey: "console", acceptNew: "yes" } },
    };
    const pin = 'must be a public key ("ssh-ed25519 AAAA…"), its "SHA256:…" fingerprint';
    expect(problemsOf(value)).toEqual([
      "remoteKubeconfig: must not be empty",
      "bastion.port: must be a port",
      "bastion.user: is missing",
      "bastion.agent: must be true, or a socket",
      `bastion.hostKey: ${pin}, console, or a list of keys`,
      "bastion.keepAlive: must be a duration such as 60s, 5m, 25h or 30d, got 5",
      "bastion.jump: unknown key",
      "bastion: keyFile, privateKey and agent exclude each other",
      "bastion.hostKey: knownHosts is given already",
      "addresses[0]: must be host:port",
      `nodeAccess.ssh.hostKey: ${pin}, or a list of keys`,
      "nodeAccess.ssh.acceptNew: must be true or false",
      "nodeAccess.ssh.passphrase: needs keyFile or privateKey",
      "remoteKubeconfig: a kubeconfig is given already",
    ]);
  });

  it.each([
    [{ remoteKubeconfig: "r" }, "remoteKubeconfig: needs a bastion, on which it is"],
    [{ kubeconfig: "k", bastion: "zuul@host" }, "bastion: must be a mapping"],
    [{ kubeconfig: "k", addresses: "a:1" }, "addresses: must be a list of host:port"],
    [
      { kubeconfig: "k", nodeAccess: "exec" },
      "nodeAccess: must be pod, ssh, or ssh with its own settings",
    ],
    [{ kubeconfig: "k", nodeAccess: { shh: {} } }, "nodeAccess.shh: unknown key"],
    [{ kubeconfig: "k", kubeconfigContent: "c" }, "kubeconfigContent: kubeconfig is given already"],
    [
      { kubeconfigContent: "c", remoteKubeconfig: "r", bastion },
      "remoteKubeconfig: a kubeconfig is given already",
    ],
  ])("refuses %j", (value, problem) => {
    expect(problemsOf(value)).toEqual([problem]);
  });
});

describe("what of it becomes an input", () => {
  it("is no secret, and says where the key is", () => {
    const secrets = { privateKey: "s3cret", passphrase: "s3cret" };
    const inputs = clusterInputsOf(
      settingsOf({
        kubeconfigContent: "s3cret",
        bastion: { ...bastion, ...secrets },
        nodeAccess: { ssh: secrets },
      }),
      [],
    );
    expect(JSON.stringify(inputs)).not.toContain("s3cret");
    expect([inputs.bastion?.key, inputs.nodeSsh?.key]).toEqual(["configured", "configured"]);
  });

  it.each([
    [{ keyFile: "id" }, { file: "id" }],
    [{ agent: true }, { agent: true }],
    [{ agent: "~/agent" }, { agent: "~/agent" }],
    [{}, null],
  ])("names the key of %j", (login, expected) => {
    const settings = settingsOf({ kubeconfig: "k", bastion: { ...bastion, ...login } });
    expect(clusterInputsOf(settings, []).bastion?.key).toEqual(expected);
  });

  it("names the controller, which is the bastion where no host is named", () => {
    const settings = settingsOf({ kubeconfig: "k", bastion: { user: "zuul" } });
    const instances = [
      { uuid: "m", role: "ocp_master" },
      { uuid: "c", role: "controller" },
    ] as const;
    const { bastion: it, controller } = clusterInputsOf(settings, instances);
    expect([it?.host, controller]).toEqual([null, "c"]);
    expect(clusterInputsOf(settings, []).controller).toBeNull();
  });
});
