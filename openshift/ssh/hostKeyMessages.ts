import type { HostKeyVerdict } from "./hostKeys";
import { fingerprintOf } from "./knownHosts";

/** The key that a host has shown. */
export interface ShownKey {
  host: string;
  port: number;
  /** In wire form. */
  key: Buffer;
  /** The known_hosts file that was looked into. */
  file: string | undefined;
}

/** Why a host key is not accepted, and what to do if it is the right one. */
export function describeVerdict(
  verdict: Exclude<HostKeyVerdict, { kind: "trusted" }>,
  { host, port, key, file }: ShownKey,
): string {
  const type = key.toString("latin1", 4, 4 + key.readUInt32BE(0));
  const shown = `it shows ${type} ${fingerprintOf(key)}`;
  const line = `${type} ${key.toString("base64")}`;
  const name = port === 22 ? host : `[${host}]:${port}`;
  const inFile = file === undefined ? "" : `, or add the line "${name} ${line}" to ${file}`;
  const remedy = `set hostKey: "${line}"${inFile}`;
  switch (verdict.kind) {
    case "unknown":
      return `the host key is not known: ${shown}. Compare that with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub there); if it is the same, ${remedy}`;
    case "changed": {
      const known = verdict.known.map(
        (it) => `${it.type === undefined ? "" : `${it.type} `}${it.fingerprint} (${it.where})`,
      );
      return `the host key has changed: ${shown}, known is ${known.join(", ")}. Either the host was made anew or somebody is in between; if it was made anew, remove what is known and ${remedy}`;
    }
    case "revoked":
      return `the host key is revoked (${verdict.where}): ${shown}`;
  }
}
