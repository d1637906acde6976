import { hostKeysOnConsole } from "../../../openshift/ssh/consoleKeys";

const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAabcdefghijklmnopqrstuvwxyz0123456789+/abcd";
const ecdsa = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBH==";
const block = (...keys: string[]) =>
  ["-----BEGIN SSH HOST KEY KEYS-----", ...keys, "-----END SSH HOST KEY KEYS-----", ""].join(
    "\r\n",
  );

describe("the host keys on a console", () => {
  it("are those that cloud-init prints, without their comments", () => {
    const text = `ci-info: no authorized keys\r\n${block(`${ecdsa} root@controller`, ed25519)}[ 17.1] cloud-init: done\r\n`;
    expect(hostKeysOnConsole(text)).toEqual([ecdsa, ed25519]);
  });

  it("are those of the last whole block", () => {
    const half = "-----BEGIN SSH HOST KEY KEYS-----\n" + ecdsa;
    expect(hostKeysOnConsole(`${block(ecdsa)}${block(ed25519)}${half}`)).toEqual([ed25519]);
    expect(hostKeysOnConsole(half)).toEqual([]);
    expect(hostKeysOnConsole("")).toEqual([]);
  });

  it("are nothing else that is between them, nor outside", () => {
    const noise = "[   12.3] audit: type=1400";
    expect(hostKeysOnConsole(`${ecdsa}\n${block(noise, "ssh-ed25519", ed25519)}`)).toEqual([
      ed25519,
    ]);
  });
});
