import type { Duplex } from "node:stream";
import { Client, type ClientErrorExtensions, type ServerHostKeyAlgorithm } from "ssh2";
import { TimeoutError } from "../../common/errors";
import { SshConnectionError, SshRefusal } from "./errors";
import { describeVerdict } from "./hostKeyMessages";
import type { HostKeys } from "./hostKeys";
import type { LoadedLogin } from "./login";

/** One end of an SSH connection, ready to be connected to. */
export interface SshEndpoint {
  /** For messages, e.g. `bastion core@10.0.0.5:22`. */
  subject: string;
  host: string;
  port: number;
  /** Other names under which its key may be known. */
  aliases?: readonly string[];
  login: LoadedLogin;
  hostKeys: HostKeys;
  /** Until login. */
  connectTimeoutMs: number;
  /** Interval of keep-alives; the connection ends when three are not answered. */
  keepAliveMs: number;
  /** The way there when it is not a plain TCP connection. */
  through?: Duplex;
}

/**
 * Connects, checks the host key, logs in. The caller ends the session.
 *
 * @throws {SshRefusal} for a host key that is not trusted and for a refused login
 * @throws {SshConnectionError} when the host cannot be reached or ends the connection
 * @throws {TimeoutError}
 */
export function openSession(endpoint: SshEndpoint): Promise<Client> {
  const client = new Client();
  const seen: Seen = { step: "no TCP connection" };
  return new Promise((resolve, reject) => {
    client.once("connect", () => (seen.step = "a TCP connection, no SSH handshake"));
    client.once("handshake", () => (seen.step = "a handshake, no login"));
    client.once("ready", () => {
      client.setNoDelay(true);
      resolve(client);
    });
    // for good: later errors come with "close", and one without a listener would end the process
    client.on("error", (error) => {
      reject(seen.refusal ?? describe(endpoint, seen, error));
      client.destroy();
    });
    client.once("close", () => {
      const detail = `the connection ended after ${seen.step}`;
      reject(new SshConnectionError(endpoint.subject, detail));
    });
    client.connect(configOf(endpoint, seen));
  });
}

interface Seen {
  step: string;
  refusal?: SshRefusal;
}

function configOf(endpoint: SshEndpoint, seen: Seen) {
  const { host, port, login, hostKeys, through } = endpoint;
  const names = [host, ...(endpoint.aliases ?? [])];
  return {
    ...(through ? { sock: through } : { host, port }),
    username: login.user,
    ...(login.privateKey && { privateKey: login.privateKey }),
    ...(login.passphrase !== undefined && { passphrase: login.passphrase }),
    ...(login.agent !== undefined && { agent: login.agent }),
    readyTimeout: endpoint.connectTimeoutMs,
    keepaliveInterval: endpoint.keepAliveMs,
    keepaliveCountMax: 3,
    algorithms: { serverHostKey: algorithmsFor(hostKeys.typesOf(names, port)) },
    hostVerifier: (key: Buffer): boolean => {
      const verdict = hostKeys.judge(names, port, key);
      if (verdict.kind === "trusted") return true;
      const detail = describeVerdict(verdict, { host, port, key, file: hostKeys.file });
      seen.refusal = new SshRefusal(endpoint.subject, detail);
      return false;
    },
  };
}

const ecdsa = ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"] as const;
const rsa = ["rsa-sha2-512", "rsa-sha2-256"] as const;
const algorithms: readonly ServerHostKeyAlgorithm[] = ["ssh-ed25519", ...ecdsa, ...rsa];

/** Known types first, as ssh does: else a host known by its RSA key would show another one. */
function algorithmsFor(types: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string) =>
    types.includes(algorithm.startsWith("rsa-") ? "ssh-rsa" : algorithm);
  return [...algorithms.filter(isKnown), ...algorithms.filter((it) => !isKnown(it))];
}

function describe(
  { subject, login, connectTimeoutMs }: SshEndpoint,
  seen: Seen,
  error: Error & ClientErrorExtensions & { code?: unknown },
): Error {
  if (error.level === "client-timeout") {
    return new TimeoutError(`SSH to ${subject}`, connectTimeoutMs, seen.step);
  }
  if (error.level === "agent") {
    return new SshRefusal(subject, `cannot use the ${login.description}: ${error.message}`);
  }
  if (error.level === "client-authentication") {
    const detail = `the login is refused with the ${login.description}; does ~${login.user}/.ssh/authorized_keys there hold it?`;
    return new SshRefusal(subject, detail);
  }
  // a number: the server's own SSH_MSG_DISCONNECT; after the handshake it is about the login
  if (typeof error.code === "number" && seen.step === "a handshake, no login") {
    return new SshRefusal(subject, `the login is refused: ${error.message}`);
  }
  return new SshConnectionError(subject, `cannot be reached: ${error.message}`);
}
