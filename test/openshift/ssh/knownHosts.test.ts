import { readFileSync } from "node:fs";
import { fingerprintOf, keysForHost, parseKnownHosts } from "../../../openshift/ssh/knownHosts";
import { Folder, runTool } from "./sshd";

const folder = new Folder();
const key = folder.makeKey("key").publicKey;
const other = folder.makeKey("other").publicKey;
afterAll(() => {
  folder.remove();
});

const blob = Buffer.from(key.split(" ")[1] ?? "", "base64");
const linesAbout = (text: string, name: string, port = 22) =>
  keysForHost(parseKnownHosts(text, "f"), [name], port).map(({ where }) => where);

test("a fingerprint is what ssh-keygen prints", () => {
  const printed = runTool("ssh-keygen", ["-lf", `${folder.path}/key.pub`]);
  expect(printed).toContain(` ${fingerprintOf(blob)} `);
});

test.each([
  ["host", "host", 22, true],
  ["HOST", "host", 22, true],
  ["host", "Host", 22, true],
  ["host", "hosts", 22, false],
  ["host", "host", 2222, false],
  ["[host]:2222", "host", 2222, true],
  ["[host]:2222", "host", 22, false],
  ["[host]:2222", "host", 222, false],
  ["other,host", "host", 22, true],
  ["*.example.com", "a.example.com", 22, true],
  ["*.example.com", "example.com", 22, false],
  ["a.example.com", "aXexample.com", 22, false],
  ["10.0.0.?", "10.0.0.7", 22, true],
  ["10.0.0.?", "10.0.0.17", 22, false],
  ["*,!host", "host", 22, false],
  ["!host,*", "other", 22, true],
  ["!host", "other", 22, false],
  ["[*]:2222", "host", 2222, true],
  ["fe80::1", "fe80::1", 22, true],
])("%j is about %s at port %d: %s", (hosts, name, port, expected) => {
  expect(linesAbout(`${hosts} ${key}\n`, name, port)).toEqual(expected ? ["f:1"] : []);
});

test("hashed names, as ssh-keygen -H writes them", () => {
  const file = folder.write("hashed", `host ${key}\n[host]:2222 ${other}\n`);
  runTool("ssh-keygen", ["-q", "-H", "-f", file]);
  const text = readFileSync(file, "utf8");
  expect(text).not.toContain("host ");
  expect(linesAbout(text, "host")).toEqual(["f:1"]);
  expect(linesAbout(text, "Host", 2222)).toEqual(["f:2"]);
  expect(linesAbout(text, "other")).toEqual([]);
});

test("a hash of a kind that is not known is about nobody", () => {
  expect(linesAbout(`|2|c2FsdA==|aGFzaA== ${key}\n`, "host")).toEqual([]);
  expect(linesAbout(`|1|c2FsdA== ${key}\n`, "host")).toEqual([]);
});

test("comments, empty and half lines, authorities and unknown marks are left out", () => {
  const text = `# host ${key}\n\nhost ssh-ed25519\n@cert-authority * ${key}\n@other host ${key}\r\n  host ${key} a comment\n`;
  expect(linesAbout(text, "host")).toEqual(["f:6"]);
});

test("revoked keys are marked", () => {
  expect(parseKnownHosts(`@revoked * ${key}\n`, "f")).toEqual([
    {
      hosts: "*",
      type: "ssh-ed25519",
      fingerprint: fingerprintOf(blob),
      isRevoked: true,
      where: "f:1",
    },
  ]);
});
