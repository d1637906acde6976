import { readFileSync } from "node:fs";
import { loadLogin, type SshLogin } from "../../../openshift/ssh/login";
import { fingerprintOf } from "../../../openshift/ssh/knownHosts";
import { Folder } from "./sshd";

const folder = new Folder();
const key = folder.makeKey("key");
const locked = folder.makeKey("locked", "s3cret");
afterAll(() => {
  folder.remove();
});

const load = (login: Partial<SshLogin>, environment: NodeJS.ProcessEnv = {}) => {
  const problems: string[] = [];
  return { ...loadLogin({ user: "core", ...login }, environment, problems), problems };
};
const printOf = ({ publicKey }: typeof key) =>
  fingerprintOf(Buffer.from(publicKey.split(" ")[1] ?? "", "base64"));

test("a key is named by its file and fingerprint", () => {
  expect(load({ keyFile: key.file })).toEqual({
    user: "core",
    description: `key ${printOf(key)} (${key.file})`,
    privateKey: readFileSync(key.file),
    passphrase: undefined,
    problems: [],
  });
});

test("a key's text, and an encrypted one with its passphrase", () => {
  const text = load({ privateKey: readFileSync(key.file, "utf8") });
  expect(text.description).toBe(`key ${printOf(key)} (privateKey)`);
  const encrypted = load({ keyFile: locked.file, passphrase: "s3cret" });
  expect(encrypted.description).toBe(`key ${printOf(locked)} (${locked.file})`);
  expect([...text.problems, ...encrypted.problems]).toEqual([]);
});

test("without a key, the agent", () => {
  expect(load({}, { SSH_AUTH_SOCK: "/tmp/agent" })).toMatchObject({
    agent: "/tmp/agent",
    problems: [],
  });
  expect(load({ agent: "/tmp/other" })).toMatchObject({ agent: "/tmp/other", problems: [] });
});

test.each<[string, () => Partial<SshLogin>, string]>([
  ["no file", () => ({ keyFile: "/no/key" }), "keyFile: /no/key cannot be read (ENOENT)"],
  [
    "an encrypted key",
    () => ({ keyFile: locked.file }),
    `keyFile: ${locked.file}: is encrypted: give its passphrase, or use an agent`,
  ],
  [
    "a wrong passphrase",
    () => ({ keyFile: locked.file, passphrase: "guess" }),
    `keyFile: ${locked.file}: cannot be decrypted; is the passphrase right?`,
  ],
  [
    "a public key",
    () => ({ keyFile: `${key.file}.pub` }),
    `keyFile: ${key.file}.pub: is a public key; the private one is needed`,
  ],
  [
    "no key at all",
    () => ({ privateKey: "s3cret" }),
    "privateKey: is not a private key in OpenSSH's or PEM form",
  ],
  [
    "nothing",
    () => ({}),
    "no key: give keyFile, privateKey, or an agent (SSH_AUTH_SOCK is not set)",
  ],
  [
    "no agent",
    () => ({ agent: true }),
    "no key: give keyFile, privateKey, or an agent (SSH_AUTH_SOCK is not set)",
  ],
  [
    "two ways",
    () => ({ keyFile: key.file, agent: "/tmp/agent" }),
    "keyFile and agent: exclude each other",
  ],
  ["no user", () => ({ user: "", keyFile: key.file }), "user: is empty"],
])("%s", (_, login, problem) => {
  expect(load(login()).problems).toEqual([problem]);
});
