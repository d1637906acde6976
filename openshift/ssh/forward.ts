import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { TimeoutError } from "../../common/errors";
import { callBack } from "./callBack";
import { SshConnectionError, SshRefusal } from "./errors";

/** Where to connect to. */
export interface Address {
  host: string;
  port: number;
}

/** `host:port` or `[IPv6]:port`; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, host = bracketed, port] =
    /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(text) ?? [];
  return host !== undefined && isPort(Number(port)) ? { host, port: Number(port) } : undefined;
}

/** True for a TCP port that can be connected to. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

/** How long the other side may take to connect: it reports a dead address after minutes. */
const connectTimeoutMs = 5000;
/** RFC 4254, 5.1: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED. */
const prohibited = 1;

/**
 * A connection that the SSH server makes for us: a direct-tcpip channel.
 *
 * @param subject the server, for messages
 * @throws {SshRefusal} when the server does not allow it
 * @throws {SshConnectionError} when it cannot connect
 * @throws {TimeoutError}
 */
export async function forward(client: Client, subject: string, address: Address): Promise<Duplex> {
  const target = `${address.host}:${address.port}`;
  const { host, port } = address;
  const opening = callBack<Duplex>(
    subject,
    (done) => client.forwardOut("127.0.0.1", 0, host, port, done),
    (error) => describe(subject, target, error),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const what = `${subject} to connect to ${target}`;
      reject(new TimeoutError(what, connectTimeoutMs, "no answer"));
      // one that comes after all is not left open
      opening.then(
        (channel) => channel.destroy(),
        () => undefined,
      );
    }, connectTimeoutMs);
  });
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(subject: string, target: string, error: Error & { reason?: unknown }): Error {
  if (error.reason === prohibited) {
    const detail = `does not allow connections to ${target} (AllowTcpForwarding and PermitOpen in its sshd_config)`;
    return new SshRefusal(subject, detail, { cause: error });
  }
  return new SshConnectionError(subject, `cannot connect to ${target}: ${error.message}`);
}
