import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

const program = "/usr/sbin/sshd";
/** Who the tests are: the only user that an unprivileged sshd lets in. */
export const user = userInfo().username;

/** Runs a program of OpenSSH's or OpenSSL's. @returns its output */
export function runTool(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): string {
  const env = { ...process.env, ...environment };
  return execFileSync(program, args, {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** A key pair in files. */
export interface KeyPair {
  file: string;
  /** `ssh-ed25519 AAAA…`, without comment. */
  publicKey: string;
}

/** A folder that is gone after the tests. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "snapset-ssh-"));

  write(name: string, content: string, mode = 0o600): string {
    const file = join(this.path, name);
    writeFileSync(file, content, { mode });
    return file;
  }

  makeKey(name: string, passphrase = "", type = "ed25519"): KeyPair {
    const file = join(this.path, name);
    runTool("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", "", "-f", file]);
    return { file, publicKey: readFileSync(`${file}.pub`, "utf8").trim() };
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/**
 * A node's login shell: programs of the folder come first, and what the node has at these paths lies
 * elsewhere. Nodes are on this machine, and so would be in each other's way.
 *
 * @returns its file
 */
export function nodeShell(folder: Folder, paths: Readonly<Record<string, string>>): string {
  const edits = Object.entries(paths).map(([path, other]) => `-e "s|${path}|${other}|g"`);
  const lines = [
    "#!/bin/sh",
    `command=$(printf %s "$SSH_ORIGINAL_COMMAND" | sed ${edits.join(" ")})`,
    `PATH=${folder.path}:/usr/bin:/bin exec sh -c "$command"`,
    "",
  ];
  return folder.write("shell", lines.join("\n"), 0o700);
}

const running = new Set<Sshd>();

/** Debian's OpenSSH server on loopback, with its own keys and nothing of the machine's configuration. */
export class Sshd {
  readonly hostKey: KeyPair;
  /** What it has logged. */
  log = "";
  port = 0;
  #process: ChildProcess | undefined;

  /**
   * @param address to listen on; nodes are told apart by their loopback addresses
   * @param extra lines of sshd_config
   */
  constructor(
    readonly folder: Folder,
    readonly name: string,
    private readonly authorized: readonly KeyPair[],
    readonly address = "127.0.0.1",
    private readonly extra: readonly string[] = [],
  ) {
    if (!existsSync(program)) {
      throw new Error(
        `there is no ${program}: apt-get install -y --no-install-recommends openssh-server`,
      );
    }
    this.hostKey = folder.makeKey(`${name}-host`);
  }

  async start(hostKeys: readonly KeyPair[] = [this.hostKey]): Promise<this> {
    this.port ||= await freePort();
    // where it drops its privileges to; Debian makes it when the service starts
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
    const config = this.folder.write(`${this.name}.conf`, this.#config(hostKeys));
    this.log = "";
    const sshd = spawn(program, ["-D", "-e", "-f", config], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = sshd;
    running.add(this);
    await new Promise<void>((resolve, reject) => {
      sshd.once("exit", () => {
        reject(new Error(`sshd has ended: ${this.log}`));
      });
      sshd.stderr.on("data", (chunk: Buffer) => {
        this.log += chunk.toString("utf8");
        if (this.log.includes("Server listening on")) resolve();
      });
    });
    return this;
  }

  #config(hostKeys: readonly KeyPair[]): string {
    const keys = this.authorized.map((key) => key.publicKey).join("\n");
    return [
      `Port ${this.port}`,
      `ListenAddress ${this.address}`,
      ...hostKeys.map((key) => `HostKey ${key.file}`),
      `AuthorizedKeysFile ${this.folder.write(`${this.name}-authorized`, `${keys}\n`)}`,
      "PidFile none",
      // tells every connection, also those that end before a login
      "LogLevel VERBOSE",
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin prohibit-password",
      // a home of its own
      `Subsystem sftp internal-sftp -d ${this.folder.path}`,
      ...this.extra,
      "",
    ].join("\n");
  }

  /** The line of known_hosts about it. */
  knownHost(name = this.address): string {
    return `[${name}]:${this.port} ${this.hostKey.publicKey}\n`;
  }

  /** How many connections are logged in. */
  sessions(): number {
    return childrenOf(this.#process?.pid).length;
  }

  /** Ends every connection from its own side, as a crash would. */
  cut(): void {
    for (const pid of childrenOf(this.#process?.pid).flatMap((it) => [it, ...childrenOf(it)])) {
      kill(pid);
    }
  }

  /** Also those that a test which failed has left running: they would keep Jest from ending. */
  static async stopAll(): Promise<void> {
    await Promise.all([...running].map((sshd) => sshd.stop()));
  }

  async stop(): Promise<void> {
    running.delete(this);
    const sshd = this.#process;
    if (sshd?.exitCode !== null || sshd.signalCode !== null) return;
    this.cut();
    const ended = new Promise((resolve) => sshd.once("exit", resolve));
    sshd.kill("SIGKILL");
    await ended;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function childrenOf(parent: number | undefined): number[] {
  if (parent === undefined) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    // the name, in parentheses, may hold anything
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? undefined : Number(fields[1]);
  } catch {
    return undefined;
  }
}

/** A port of loopback on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Looks again and again, as there is nothing that tells; for no longer than 25 seconds. */
export async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 25_000;
  while (!(await isDone())) {
    if (Date.now() > deadline) throw new Error(`still not so after 25 s: ${isDone.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
