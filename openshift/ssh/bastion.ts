import type { Duplex } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { InputError } from "../../common/errors";
import { SshConnectionError } from "./errors";
import { forward, isPort, type Address } from "./forward";
import { loadHostKeys, type HostKeyTrust } from "./hostKeys";
import { loadLogin, type LoadedLogin, type SshLogin } from "./login";
import { readRemoteFile } from "./remoteFile";
import { runCommand, startCommand, type CommandResult } from "./runCommand";
import { openSession, type SshEndpoint } from "./session";

/** A host from which the cluster can be reached: the environment's controller. */
export interface BastionSettings extends SshLogin, HostKeyTrust {
  host: string;
  /** @default 22 */
  port?: number | undefined;
  /** Interval of keep-alives; the connection ends when three are not answered. @default 5000 */
  keepAliveMs?: number | undefined;
  /** Until login. @default 10000 */
  connectTimeoutMs?: number | undefined;
}

/**
 * One SSH connection to a bastion, made when it is first needed and anew after it has been cut. What
 * was under way at a cut fails, and is repeated by whoever may repeat it. No port is opened here:
 * connections through it are streams of this process.
 *
 * @example
 * const bastion = openBastion({ host: "203.0.113.7", user: "zuul", keyFile: "~/.ssh/id_ed25519" });
 * try {
 *   const kubeconfig = { remotePath: "~/.kube/config" };
 *   const cluster = await connectCluster({ kubeconfig, bastion, clock });
 * } finally {
 *   bastion.close();
 * }
 */
export interface Bastion {
  /** For messages: `bastion zuul@203.0.113.7:22`. */
  readonly subject: string;
  /** The login there, which nodes may share. */
  readonly login: LoadedLogin;
  /** A connection from the bastion to an address that it can reach. */
  forward(address: Address): Promise<Duplex>;
  /** The text of a file there. `~/` is the home of the user. */
  readFile(path: string): Promise<string>;
  /** Starts a command in the user's login shell there. */
  start(command: string): Promise<ClientChannel>;
  /** Runs a command there to its end. @throws {Error} when it fails, with its last words */
  run(command: string): Promise<CommandResult>;
  /** Ends the connection and all that goes through it. */
  close(): void;
}

/**
 * A bastion; nothing is contacted yet.
 *
 * @throws {InputError} with everything that is wrong with the settings
 */
export function openBastion(
  settings: BastionSettings,
  environment: NodeJS.ProcessEnv = process.env,
): Bastion {
  const problems: string[] = [];
  const { host, port = 22 } = settings;
  if (host === "") problems.push("host: is empty");
  if (!isPort(port)) problems.push(`port: ${port} is not a port`);
  const endpoint: SshEndpoint = {
    subject: `bastion ${settings.user}@${host}:${port}`,
    host,
    port,
    login: loadLogin(settings, environment, problems),
    hostKeys: loadHostKeys(settings, problems),
    connectTimeoutMs: settings.connectTimeoutMs ?? 10_000,
    keepAliveMs: settings.keepAliveMs ?? 5000,
  };
  if (problems.length > 0) throw new InputError("bastion", problems);
  return new SshBastion(endpoint);
}

class SshBastion implements Bastion {
  readonly subject: string;
  readonly login: LoadedLogin;
  #session: Promise<Client> | undefined;
  #isClosed = false;

  constructor(private readonly endpoint: SshEndpoint) {
    this.subject = endpoint.subject;
    this.login = endpoint.login;
  }

  async forward(address: Address): Promise<Duplex> {
    return forward(await this.#connected(), this.subject, address);
  }

  async readFile(path: string): Promise<string> {
    return readRemoteFile(await this.#connected(), this.subject, path);
  }

  async start(command: string): Promise<ClientChannel> {
    return startCommand(await this.#connected(), this.subject, command);
  }

  async run(command: string): Promise<CommandResult> {
    const result = await runCommand(await this.#connected(), this.subject, command);
    if (result.exitCode === 0) return result;
    throw new Error(`${this.subject}: ${result.output || "a command failed without a word"}`);
  }

  close(): void {
    this.#isClosed = true;
    this.#session?.then(
      (client) => client.end(),
      () => undefined,
    );
  }

  /** One connection for all who ask at the same time. */
  #connected(): Promise<Client> {
    if (this.#isClosed) throw new SshConnectionError(this.subject, "has been closed");
    this.#session ??= this.#open();
    return this.#session;
  }

  #open(): Promise<Client> {
    const opening = openSession(this.endpoint);
    const forget = () => {
      if (this.#session === opening) this.#session = undefined;
    };
    opening.then((client) => {
      // "end" comes first when the other side leaves in good order, "close" always
      client.once("end", forget).once("close", forget);
    }, forget);
    return opening;
  }
}
