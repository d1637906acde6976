import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  fingerprintOf,
  keysForHost,
  parseKnownHosts,
  type KnownHost,
  type KnownKey,
} from "./knownHosts";
import { expandHome } from "../../common/home";

/** Where trust in host keys comes from. Without any, `~/.ssh/known_hosts`. */
export interface HostKeyTrust {
  /** A known_hosts file. @default ~/.ssh/known_hosts */
  knownHosts?: string | undefined;
  /** Pinned keys, each `ssh-ed25519 AAAA…` or `SHA256:…`: nothing else is accepted then. */
  hostKey?: string | readonly string[] | undefined;
}

/** What is thought of the key that a host shows. */
export type HostKeyVerdict =
  | { kind: "trusted" }
  | { kind: "unknown" }
  | { kind: "changed"; known: KnownKey[] }
  | { kind: "revoked"; where: string };

/** Judges host keys. */
export interface HostKeys {
  /** Key types under which the host is known: to be asked for first, as a host has several keys. */
  typesOf(names: readonly string[], port: number): string[];
  /** @param key the public key in wire form */
  judge(names: readonly string[], port: number, key: Buffer): HostKeyVerdict;
  /** The known_hosts file that is looked into; absent with pinned keys. */
  readonly file?: string;
}

/**
 * Reads what is trusted, once.
 *
 * @param problems gets a sentence for each thing that is wrong
 * @param acceptNew accepts a host that nothing is known of, and holds it to that key from then on
 */
export function loadHostKeys(trust: HostKeyTrust, problems: string[], acceptNew = false): HostKeys {
  const pins = [trust.hostKey ?? []].flat();
  if (pins.length > 0) {
    if (trust.knownHosts !== undefined) problems.push("hostKey: excludes knownHosts");
    return pinned(pins.flatMap((pin) => parsePin(pin, problems)));
  }
  const file = expandHome(trust.knownHosts ?? join(homedir(), ".ssh", "known_hosts"));
  const text = readKnownHosts(file, trust.knownHosts !== undefined, problems);
  return fromFile(file, parseKnownHosts(text, file), acceptNew);
}

function parsePin(pin: string, problems: string[]): KnownKey[] {
  const where = "hostKey of the configuration";
  if (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(pin.trim())) {
    return [{ fingerprint: pin.trim().replace(/=$/, ""), isRevoked: false, where }];
  }
  const [type = "", data = ""] = pin.trim().split(/\s+/);
  const key = Buffer.from(data, "base64");
  // a key in wire form begins with its own type: RFC 4253, 6.6
  const inner = key.length > 4 ? key.toString("latin1", 4, 4 + key.readUInt32BE(0)) : "";
  if (inner === type && type !== "") {
    return [{ type, fingerprint: fingerprintOf(key), isRevoked: false, where }];
  }
  problems.push(
    'hostKey: must be a public key ("ssh-ed25519 AAAA…") or its "SHA256:…" fingerprint',
  );
  return [];
}

function pinned(keys: KnownKey[]): HostKeys {
  return {
    typesOf: () => keys.flatMap(({ type }) => type ?? []),
    judge: (_names, _port, key) => compare(keys, fingerprintOf(key)),
  };
}

function readKnownHosts(file: string, isNamed: boolean, problems: string[]): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    if (isNamed || code !== "ENOENT") problems.push(`knownHosts: ${file} cannot be read (${code})`);
    return "";
  }
}

function fromFile(file: string, known: readonly KnownHost[], acceptNew: boolean): HostKeys {
  const accepted = new Map<string, KnownKey>();
  return {
    file,
    typesOf: (names, port) => {
      const about = [port, 22].flatMap((at) => keysForHost(known, names, at));
      const good = about.filter((key) => !key.isRevoked).flatMap(({ type }) => type ?? []);
      return [...new Set(good)];
    },
    judge: (names, port, key) => {
      const fingerprint = fingerprintOf(key);
      const verdict = judgeKnown(known, names, port, fingerprint);
      if (verdict.kind !== "unknown" || !acceptNew) return verdict;
      const host = `${names.join(",")}:${port}`;
      const earlier = accepted.get(host) ?? {
        fingerprint,
        isRevoked: false,
        where: "accepted when first seen",
      };
      accepted.set(host, earlier);
      return compare([earlier], fingerprint);
    },
  };
}

/** A line without a port counts for other ports when its key fits, as with ssh (sshconnect.c). */
function judgeKnown(
  known: readonly KnownHost[],
  names: readonly string[],
  port: number,
  fingerprint: string,
): HostKeyVerdict {
  const verdict = compare(keysForHost(known, names, port), fingerprint);
  if (verdict.kind !== "unknown" || port === 22) return verdict;
  const elsewhere = compare(keysForHost(known, names, 22), fingerprint);
  return elsewhere.kind === "changed" ? verdict : elsewhere;
}

function compare(known: readonly KnownKey[], fingerprint: string): HostKeyVerdict {
  const same = known.filter((key) => key.fingerprint === fingerprint);
  const revoked = same.find((key) => key.isRevoked);
  if (revoked) return { kind: "revoked", where: revoked.where };
  if (same.length > 0) return { kind: "trusted" };
  const others = known.filter((key) => !key.isRevoked);
  return others.length > 0 ? { kind: "changed", known: others } : { kind: "unknown" };
}
