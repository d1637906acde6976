import { hookLoginOf, hookSettingsSchema } from "../../../snapset/hooks/login";
import { parseConfig } from "../../../snapset/config";
import { problemsOf } from "../../../snapset/problems";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5";

const settingsOf = (controller: object) => hookSettingsSchema.parse({ controller }).controller;

function bastionOf(bastion: object) {
  const cluster = JSON.stringify({ remoteKubeconfig: "~/k", bastion });
  return parseConfig({ "snapset:snapId": "latest", "snapset:cluster": cluster }).cluster?.bastion;
}

describe("the way of hooks to the controller", () => {
  it("is the bastion's, when that is the same host", () => {
    const bastion = bastionOf({ user: "zuul", port: 2222, keyFile: "~/key", hostKey });
    const way = { settings: settingsOf({}), bastion, sshUser: "core" };
    expect(hookLoginOf(way)).toEqual({
      host: undefined,
      port: 2222,
      user: "zuul",
      key: { file: "~/key" },
      passphrase: undefined,
      hostKey,
    });
  });

  it("is nothing of a bastion that is another host", () => {
    const bastion = bastionOf({ host: "203.0.113.7", user: "zuul", keyFile: "~/key", hostKey });
    const way = { settings: settingsOf({ hostKey: "unchecked" }), bastion, sshUser: "core" };
    expect(hookLoginOf(way)).toEqual({
      host: undefined,
      port: 22,
      user: "core",
      key: { agent: undefined },
      passphrase: undefined,
      hostKey: undefined,
    });
  });

  it("is what the hooks' own settings say", () => {
    const own = { host: "h", user: "me", port: 23, privateKey: "KEY", passphrase: "p", hostKey };
    const bastion = bastionOf({ host: "h", user: "zuul", keyFile: "~/key", hostKey });
    expect(hookLoginOf({ settings: settingsOf(own), bastion, sshUser: "core" })).toEqual({
      host: "h",
      port: 23,
      user: "me",
      key: { text: "KEY" },
      passphrase: "p",
      hostKey,
    });
  });

  it.each([{ hostKey: "console" }, { hostKey: [hostKey, hostKey] }, {}])(
    "takes no trust that the plugin cannot hold a host to: %j",
    (trust) => {
      const bastion = bastionOf({ user: "zuul", ...trust });
      expect(hookLoginOf({ settings: settingsOf({}), bastion, sshUser: undefined })).toEqual([
        "hooks.controller.hostKey: is missing: the host's public key (ssh-ed25519 AAAA…), or unchecked to give the key's owner's rights to whoever answers there",
      ]);
    },
  );

  it("says all that is missing", () => {
    const way = { settings: settingsOf({}), bastion: undefined, sshUser: undefined };
    expect(hookLoginOf(way)).toEqual([
      "hooks.controller.user: is missing: who to log in as",
      expect.stringMatching(/^hooks.controller.hostKey: is missing/),
    ]);
  });

  it("is refused by key", () => {
    const controller = { keyFile: "a", agent: true, hostKey: "SHA256:abc", nodes: 1 };
    const parsed = hookSettingsSchema.safeParse({ controller, fromSet: "yes" });
    expect(parsed.success ? [] : problemsOf(parsed.error)).toEqual([
      expect.stringMatching(/^controller.hostKey: must be the host's public key/),
      "controller.nodes: unknown key",
      "controller: keyFile, privateKey and agent exclude each other",
      "fromSet: must be true or false",
    ]);
  });
});
