import { describeVerdict } from "../../../openshift/ssh/hostKeyMessages";
import { loadHostKeys, type HostKeyTrust } from "../../../openshift/ssh/hostKeys";
import { fingerprintOf } from "../../../openshift/ssh/knownHosts";
import { Folder } from "./sshd";

const folder = new Folder();
const [one, two] = [folder.makeKey("one").publicKey, folder.makeKey("two").publicKey];
const rsa = folder.makeKey("rsa", "", "rsa").publicKey;
afterAll(() => {
  folder.remove();
});

const blobOf = (line: string) => Buffer.from(line.split(" ")[1] ?? "", "base64");
const printOf = (line: string) => fingerprintOf(blobOf(line));
const load = (trust: HostKeyTrust, acceptNew = false) => {
  const problems: string[] = [];
  return { keys: loadHostKeys(trust, problems, acceptNew), problems };
};
const fromLines = (...lines: string[]) =>
  load({ knownHosts: folder.write("known_hosts", lines.join("\n")) }).keys;

test("known, changed, unknown", () => {
  const keys = fromLines(`host ${one}`);
  expect(keys.judge(["host"], 22, blobOf(one))).toEqual({ kind: "trusted" });
  expect(keys.judge(["host"], 22, blobOf(two))).toMatchObject({ kind: "changed" });
  expect(keys.judge(["other"], 22, blobOf(one))).toEqual({ kind: "unknown" });
});

test("one of several keys is enough, under one of several names", () => {
  const keys = fromLines(`host ${two}`, `master-0 ${one}`);
  expect(keys.judge(["10.0.0.1", "master-0"], 22, blobOf(one))).toEqual({ kind: "trusted" });
});

test("a revoked key is refused even where it is known", () => {
  const keys = fromLines(`host ${one}`, `@revoked * ${one}`);
  const where = `${folder.path}/known_hosts:2`;
  expect(keys.judge(["host"], 22, blobOf(one))).toEqual({ kind: "revoked", where });
  expect(keys.judge(["host"], 2222, blobOf(one))).toEqual({ kind: "revoked", where });
});

test("a revoked key alone does not make another one look changed", () => {
  expect(fromLines(`@revoked host ${one}`).judge(["host"], 22, blobOf(two))).toEqual({
    kind: "unknown",
  });
});

test("a line without port counts at another port when it fits, and only then", () => {
  const keys = fromLines(`host ${one}`);
  expect(keys.judge(["host"], 2222, blobOf(one))).toEqual({ kind: "trusted" });
  expect(keys.judge(["host"], 2222, blobOf(two))).toEqual({ kind: "unknown" });
});

test("the types of known keys are named, to be asked for", () => {
  expect(fromLines(`host ${rsa}`).typesOf(["host"], 22)).toEqual(["ssh-rsa"]);
  expect(load({ hostKey: rsa }).keys.typesOf(["host"], 22)).toEqual(["ssh-rsa"]);
  expect(load({ hostKey: printOf(rsa) }).keys.typesOf(["host"], 22)).toEqual([]);
});

test.each([
  ["a key", () => one],
  ["a key with a comment", () => `${one} root@host`],
  ["a fingerprint", () => printOf(one)],
  ["one of several", () => [two, printOf(one)]],
])("pinned by %s, whatever the host's name", (_, pin) => {
  const { keys, problems } = load({ hostKey: pin() });
  expect(problems).toEqual([]);
  expect(keys.judge(["anything"], 4711, blobOf(one))).toEqual({ kind: "trusted" });
  expect(keys.judge(["anything"], 4711, blobOf(rsa))).toMatchObject({ kind: "changed" });
});

test.each(["", "ssh-ed25519", "ssh-rsa AAAAC3NzaC1lZDI1NTE5", "MD5:00:11", "SHA256:short"])(
  "%j is not a host key",
  (hostKey) => {
    expect(load({ hostKey }).problems).toEqual([
      'hostKey: must be a public key ("ssh-ed25519 AAAA…") or its "SHA256:…" fingerprint',
    ]);
  },
);

test("one source of trust, and one that can be read", () => {
  expect(load({ hostKey: one, knownHosts: "/x" }).problems).toEqual([
    "hostKey: excludes knownHosts",
  ]);
  expect(load({ knownHosts: "/no/such/file" }).problems).toEqual([
    "knownHosts: /no/such/file cannot be read (ENOENT)",
  ]);
});

test("acceptNew takes the first key and holds the host to it; known ones stay known", () => {
  const knownHosts = folder.write("known_hosts", `known ${one}\n@revoked * ${rsa}`);
  const { keys } = load({ knownHosts }, true);
  expect(keys.judge(["new"], 22, blobOf(one))).toEqual({ kind: "trusted" });
  expect(keys.judge(["new"], 22, blobOf(one))).toEqual({ kind: "trusted" });
  expect(keys.judge(["new"], 22, blobOf(two))).toMatchObject({ kind: "changed" });
  expect(keys.judge(["newer"], 22, blobOf(two))).toEqual({ kind: "trusted" });
  expect(keys.judge(["newest"], 22, blobOf(rsa))).toMatchObject({ kind: "revoked" });
  expect(keys.judge(["known"], 22, blobOf(two))).toMatchObject({ kind: "changed" });
});

const shown = { host: "10.0.0.5", port: 2222, key: blobOf(one), file: "/home/me/.ssh/known_hosts" };

test("an unknown key is told with everything that is needed to trust it", () => {
  expect(describeVerdict({ kind: "unknown" }, shown)).toBe(
    `the host key is not known: it shows ssh-ed25519 ${printOf(one)}. Compare that with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub there); if it is the same, set hostKey: "${one}", or add the line "[10.0.0.5]:2222 ${one}" to /home/me/.ssh/known_hosts`,
  );
});

test("a changed key is told with what was known, and where", () => {
  const known = [
    { type: "ssh-ed25519", fingerprint: printOf(two), isRevoked: false, where: "f:3" },
  ];
  expect(describeVerdict({ kind: "changed", known }, { ...shown, file: undefined })).toBe(
    `the host key has changed: it shows ssh-ed25519 ${printOf(one)}, known is ssh-ed25519 ${printOf(two)} (f:3). Either the host was made anew or somebody is in between; if it was made anew, remove what is known and set hostKey: "${one}"`,
  );
});

test("a revoked key is told without a way around", () => {
  expect(describeVerdict({ kind: "revoked", where: "f:2" }, shown)).toBe(
    `the host key is revoked (f:2): it shows ssh-ed25519 ${printOf(one)}`,
  );
});
