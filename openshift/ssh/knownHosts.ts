import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A host key that somebody has vouched for, or warned of. */
export interface KnownKey {
  /** `ssh-ed25519`, …; absent where only a fingerprint was given. */
  type?: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: string;
  /** Must never be accepted, whatever else is known. */
  isRevoked: boolean;
  /** For messages, e.g. `/home/me/.ssh/known_hosts:12`. */
  where: string;
}

/** One line of a known_hosts file: whom it is about, and the key. */
export interface KnownHost extends KnownKey {
  /** Comma-separated patterns, or `|1|salt|hash`. */
  hosts: string;
}

/** The SHA-256 fingerprint of a public key in wire form, as OpenSSH writes it: without padding. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/**
 * Reads a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Certificate authorities are left
 * out, since host certificates are not asked for; so are lines that are not understood.
 *
 * @param source the file's name, for messages
 */
export function parseKnownHosts(text: string, source: string): KnownHost[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const fields = line.trim().split(/\s+/);
    const marker = fields[0]?.startsWith("@") ? fields.shift() : undefined;
    const [hosts = "", type = "", data = ""] = fields;
    if (hosts === "" || hosts.startsWith("#") || data === "") return [];
    if (marker !== undefined && marker !== "@revoked") return [];
    const fingerprint = fingerprintOf(Buffer.from(data, "base64"));
    const where = `${source}:${index + 1}`;
    return [{ hosts, type, fingerprint, isRevoked: marker === "@revoked", where }];
  });
}

/**
 * The lines about a host at a port: `name` itself at port 22, `[name]:port` at others.
 *
 * @param names the host's address and any other names that it is known by
 */
export function keysForHost(
  known: readonly KnownHost[],
  names: readonly string[],
  port: number,
): KnownHost[] {
  const wanted = names.map((name) => {
    const lower = name.toLowerCase();
    return port === 22 ? lower : `[${lower}]:${port}`;
  });
  return known.filter(({ hosts }) => wanted.some((name) => isAbout(hosts, name)));
}

function isAbout(hosts: string, name: string): boolean {
  if (hosts.startsWith("|")) return isHashOf(hosts, name);
  const patterns = hosts.toLowerCase().split(",");
  // a negated pattern that matches wins over all others of its line (hostfile.c, match_hostname)
  const negated = patterns.filter((it) => it.startsWith("!")).map((it) => it.slice(1));
  if (negated.some((pattern) => matches(pattern, name))) return false;
  return patterns.some((pattern) => !pattern.startsWith("!") && matches(pattern, name));
}

function matches(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(name);
}

/** `|1|base64 of the salt|base64 of HMAC-SHA1(salt, name)`: `HashKnownHosts yes` of ssh_config(5). */
function isHashOf(hashed: string, name: string): boolean {
  const [, version, salt = "", hash = ""] = hashed.split("|");
  if (version !== "1") return false;
  const expected = Buffer.from(hash, "base64");
  const actual = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
