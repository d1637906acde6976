import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCredentials, readCredentialsCommand } from "../../../openshift/rotation/credentials";

const folder = mkdtempSync(join(tmpdir(), "snapset-kubelet-"));
const kubeconfig = join(folder, "kubeconfig");
const client = join(folder, "kubelet-client-current.pem");
const serving = join(folder, "kubelet-server-current.pem");

/** A certificate and its key in one file, as a kubelet keeps them. */
function makeCertificate(path: string, days: number): void {
  const key = `${path}.key`;
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const options = ["-nodes", "-subj", "/CN=x", "-days", String(days), "-keyout", key, "-out", path];
  execFileSync("openssl", ["req", "-x509", ...curve, ...options], { stdio: "ignore" });
  writeFileSync(path, readFileSync(path, "utf8") + readFileSync(key, "utf8"));
  rmSync(key);
}

function writeKubeconfig(user: string): void {
  const text = `apiVersion: v1\nkind: Config\nusers:\n- name: kubelet\n  user:\n    ${user}\n`;
  writeFileSync(kubeconfig, text);
}

function print(): string {
  const [shell = "", ...words] = readCredentialsCommand(folder, kubeconfig);
  return execFileSync(shell, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

const read = () => parseCredentials(print());
const token = (claims: object) =>
  ["h", JSON.stringify(claims), "s"].map((it) => Buffer.from(it).toString("base64url")).join(".");

beforeEach(() => {
  makeCertificate(client, 30);
  makeCertificate(serving, 20);
  writeKubeconfig(`token: ${token({ iss: "kubernetes/serviceaccount" })}`);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("the command prints the dates of both certificates, and of no secret", () => {
  const printed = print();
  expect(printed).not.toMatch(/PRIVATE|eyJ/);
  const credentials = parseCredentials(printed);
  const days = (of: typeof credentials.client) =>
    (Date.parse(of?.notAfter ?? "") - Date.parse(of?.notBefore ?? "")) / 86_400_000;
  expect(days(credentials.client)).toBe(30);
  expect(days(credentials.serving)).toBe(20);
  expect(Math.abs(Date.parse(credentials.client?.notBefore ?? "") - Date.now())).toBeLessThan(
    60_000,
  );
});

test("the node bootstrapper's token has no expiry; one that has is read", () => {
  expect(read().bootstrap).toEqual({ kind: "token" });
  writeKubeconfig(`token: "${token({ aud: "a", exp: 1_790_000_000, iat: 1 })}"`);
  expect(read().bootstrap).toEqual({ kind: "token", notAfter: "2026-09-21T14:13:20.000Z" });
});

test("a bootstrap kubeconfig with a certificate, in it or beside it", () => {
  const { client: expected } = read();
  const data = readFileSync(client).toString("base64");
  writeKubeconfig(`client-certificate-data: ${data}`);
  expect(read().bootstrap).toEqual({ kind: "certificate", notAfter: expected?.notAfter });
  writeKubeconfig(`client-certificate: ${client}`);
  expect(read().bootstrap).toEqual({ kind: "certificate", notAfter: expected?.notAfter });
});

test("what is not there is absent", () => {
  for (const path of [client, serving, kubeconfig]) rmSync(path);
  expect(read()).toEqual({});
  writeKubeconfig("username: nobody");
  expect(read()).toEqual({});
});

test("a file that is no certificate is told", () => {
  writeFileSync(serving, "garbage");
  expect(read).toThrow("its serving is no certificate");
});

const good = "notBefore=Mar  1 12:00:00 2026 GMT notAfter=Mar 31 12:00:00 2026 GMT";

test("dates are read as OpenSSL writes them", () => {
  expect(parseCredentials(`client ${good}\nserving ${good}\nbootstrap token \n`)).toEqual({
    client: { notBefore: "2026-03-01T12:00:00.000Z", notAfter: "2026-03-31T12:00:00.000Z" },
    serving: { notBefore: "2026-03-01T12:00:00.000Z", notAfter: "2026-03-31T12:00:00.000Z" },
    bootstrap: { kind: "token" },
  });
});

test.each([
  ["", "it printed 1 lines, not 3"],
  [`client ${good}\nserving ${good}\nbootstrap token \nmore`, "it printed 4 lines, not 3"],
  [
    `serving ${good}\nclient ${good}\nbootstrap missing`,
    `it printed "serving ${good}" where its client is expected`,
  ],
  [
    "client notBefore=today notAfter=tomorrow\nserving missing\nbootstrap missing",
    'it printed "client notBefore=today notAfter=tomorrow" where its client is expected',
  ],
  [
    "client missing\nserving missing\nbootstrap token soon",
    'it printed "bootstrap token soon" where its bootstrap certificate is expected',
  ],
])("anything else is refused: %j", (printed, problem) => {
  expect(() => parseCredentials(printed)).toThrow(problem);
});
