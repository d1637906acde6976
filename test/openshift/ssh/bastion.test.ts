import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { InputError, TimeoutError } from "../../../common/errors";
import { openBastion, type Bastion, type BastionSettings } from "../../../openshift/ssh/bastion";
import { SshConnectionError, SshRefusal } from "../../../openshift/ssh/errors";
import { fingerprintOf } from "../../../openshift/ssh/knownHosts";
import { Folder, freePort, runTool, Sshd, until, user, type KeyPair } from "./sshd";

const folder = new Folder();
const key = folder.makeKey("key");
const locked = folder.makeKey("locked", "s3cret");
const stranger = folder.makeKey("stranger");
const sshd = new Sshd(folder, "bastion", [key, locked]);
const opened: Bastion[] = [];
const agentProgram = "/usr/bin/ssh-agent";

beforeAll(async () => {
  await sshd.start();
  folder.write("hello", "good day\n");
});
afterEach(() => {
  for (const bastion of opened.splice(0)) bastion.close();
});
afterAll(async () => {
  await Sshd.stopAll();
  folder.remove();
});

const known = () => folder.write("known_hosts", sshd.knownHost());
const open = (settings: Partial<BastionSettings> = {}): Bastion => {
  const bastion = openBastion({
    host: sshd.address,
    port: sshd.port,
    user,
    ...(settings.privateKey === undefined && settings.agent === undefined && { keyFile: key.file }),
    ...(settings.hostKey === undefined &&
      settings.knownHosts === undefined && { knownHosts: known() }),
    ...settings,
  });
  opened.push(bastion);
  return bastion;
};
const hello = (settings: Partial<BastionSettings> = {}) => open(settings).readFile("hello");
const printOf = ({ publicKey }: KeyPair) =>
  fingerprintOf(Buffer.from(publicKey.split(" ")[1] ?? "", "base64"));
const subject = () => `bastion ${user}@127.0.0.1:${sshd.port}`;

describe("logging in", () => {
  test("with a key's file, its text, or an encrypted one", async () => {
    expect(await hello()).toBe("good day\n");
    expect(await hello({ privateKey: readFileSync(key.file, "utf8") })).toBe("good day\n");
    expect(await hello({ keyFile: locked.file, passphrase: "s3cret" })).toBe("good day\n");
  });

  test("with an agent; one without the right key, or that is gone, is told so", async () => {
    const agent = `${folder.path}/agent`;
    const started = spawn(agentProgram, ["-D", "-a", agent], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise((resolve) => started.stdout.once("data", resolve));
    const add = ({ file }: KeyPair) => runTool("ssh-add", ["-q", file], { SSH_AUTH_SOCK: agent });
    add(stranger);
    await expect(hello({ agent })).rejects.toEqual(refused(`keys of the agent at ${agent}`));
    add(key);
    expect(await hello({ agent })).toBe("good day\n");
    const ended = new Promise((resolve) => started.once("exit", resolve));
    started.kill();
    await ended;
    await expect(hello({ agent })).rejects.toEqual(
      new SshRefusal(
        subject(),
        `cannot use the keys of the agent at ${agent}: Failed to connect to agent`,
      ),
    );
  });

  test("a refused key is named, and where it should stand", async () => {
    await expect(hello({ keyFile: stranger.file })).rejects.toEqual(
      refused(`key ${printOf(stranger)} (${stranger.file})`),
    );
  });

  const refused = (what: string) =>
    new SshRefusal(
      subject(),
      `the login is refused with the ${what}; does ~${user}/.ssh/authorized_keys there hold it?`,
    );
});

describe("the host key", () => {
  test("pinned, whole or by fingerprint", async () => {
    expect(await hello({ hostKey: sshd.hostKey.publicKey })).toBe("good day\n");
    expect(await hello({ hostKey: printOf(sshd.hostKey) })).toBe("good day\n");
  });

  test("an unknown one is refused, and the message has all that is needed to trust it", async () => {
    const knownHosts = folder.write("known_hosts", `elsewhere ${stranger.publicKey}\n`);
    const error: unknown = await hello({ knownHosts }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SshRefusal);
    const { message } = error as Error;
    expect(message).toBe(
      `${subject()}: the host key is not known: it shows ssh-ed25519 ${printOf(sshd.hostKey)}. Compare that with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub there); if it is the same, set hostKey: "${sshd.hostKey.publicKey}", or add the line "[127.0.0.1]:${sshd.port} ${sshd.hostKey.publicKey}" to ${knownHosts}`,
    );
    const [, hostKey] = /hostKey: "([^"]+)"/.exec(message) ?? [];
    expect(await hello({ hostKey })).toBe("good day\n");
    const [, line] = /the line "([^"]+)"/.exec(message) ?? [];
    expect(await hello({ knownHosts: folder.write("known_hosts", `${line ?? ""}\n`) })).toBe(
      "good day\n",
    );
  });

  test("a changed one is refused", async () => {
    const line = `[127.0.0.1]:${sshd.port} ${stranger.publicKey}\n`;
    const knownHosts = folder.write("known_hosts", line);
    await expect(hello({ knownHosts })).rejects.toThrow(
      `${subject()}: the host key has changed: it shows ssh-ed25519 ${printOf(sshd.hostKey)}, known is ssh-ed25519 ${printOf(stranger)} (${knownHosts}:1). Either`,
    );
    await expect(hello({ hostKey: printOf(stranger) })).rejects.toThrow(
      `known is ${printOf(stranger)} (hostKey of the configuration). Either`,
    );
  });

  test("a revoked one is refused although it is known", async () => {
    const lines = `${sshd.knownHost()}@revoked * ${sshd.hostKey.publicKey}\n`;
    const knownHosts = folder.write("known_hosts", lines);
    await expect(hello({ knownHosts })).rejects.toEqual(
      new SshRefusal(
        subject(),
        `the host key is revoked (${knownHosts}:2): it shows ssh-ed25519 ${printOf(sshd.hostKey)}`,
      ),
    );
  });

  test("of a host with several keys, the one that is known is asked for", async () => {
    const rsa = folder.makeKey("rsa-host", "", "rsa");
    const both = await new Sshd(folder, "both", [key]).start([sshd.hostKey, rsa]);
    const line = `[127.0.0.1]:${both.port} ${rsa.publicKey}\n`;
    const settings = { port: both.port, knownHosts: folder.write("known_hosts", line) };
    expect(await hello(settings)).toBe("good day\n");
    await both.stop();
  });

  test("one that changes between two connections is refused then", async () => {
    const moved = await new Sshd(folder, "moved", [key]).start();
    const bastion = open({ port: moved.port, hostKey: moved.hostKey.publicKey });
    expect(await bastion.readFile("hello")).toBe("good day\n");
    await moved.stop();
    await until(() => bastion.readFile("hello").then(() => false, isUnreachable));
    await moved.start([stranger]);
    await expect(bastion.readFile("hello")).rejects.toThrow(
      `bastion ${user}@127.0.0.1:${moved.port}: the host key has changed: it shows ssh-ed25519 ${printOf(stranger)}, `,
    );
    await moved.stop();
  });
});

const isUnreachable = (error: unknown) =>
  error instanceof SshConnectionError && error.message.includes("ECONNREFUSED");
describe("a host that is not there", () => {
  test("refuses the connection", async () => {
    const port = await freePort();
    await expect(hello({ port })).rejects.toEqual(
      new SshConnectionError(
        `bastion ${user}@127.0.0.1:${port}`,
        `cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}`,
      ),
    );
  });

  test("does not speak SSH", async () => {
    const { port, close } = await listen(() => undefined);
    await expect(hello({ port, connectTimeoutMs: 100 })).rejects.toEqual(
      new TimeoutError(
        `SSH to bastion ${user}@127.0.0.1:${port}`,
        100,
        "a TCP connection, no SSH handshake",
      ),
    );
    close();
  });

  test("hangs up", async () => {
    const { port, close } = await listen((socket) => socket.end());
    const error: unknown = await hello({ port }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SshConnectionError);
    expect((error as Error).message).toBe(
      `bastion ${user}@127.0.0.1:${port}: cannot be reached: Connection lost before handshake`,
    );
    close();
  });

  async function listen(onConnection: (socket: Socket) => void) {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket.on("error", () => undefined));
      onConnection(socket);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const close = () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    };
    return { port: (server.address() as AddressInfo).port, close };
  }
});

describe("the connection", () => {
  test("is one for all, and made anew after it has been cut", async () => {
    const bastion = open();
    await Promise.all([1, 2, 3].map(() => bastion.readFile("hello")));
    expect(sshd.sessions()).toBe(1);
    sshd.cut();
    await until(() => bastion.readFile("hello").then((text) => text === "good day\n", isCut));
    expect(sshd.sessions()).toBe(1);
  });

  // the cut may be seen before, while, or after the file is asked for
  const isCut = (error: unknown) => {
    expect(error).toBeInstanceOf(SshConnectionError);
    return false;
  };

  test("ends with the bastion, for good", async () => {
    const bastion = open();
    await bastion.readFile("hello");
    bastion.close();
    await until(() => Promise.resolve(sshd.sessions() === 0));
    await expect(bastion.readFile("hello")).rejects.toEqual(
      new SshConnectionError(subject(), "has been closed"),
    );
  });

  test("that is closed while it is made does not stay", async () => {
    const bastion = open();
    const reading = bastion.readFile("hello").catch(() => "");
    bastion.close();
    await reading;
    await until(() => Promise.resolve(sshd.sessions() === 0));
  });

  test("goes on to where nothing listens: told by whom and to where", async () => {
    const port = await freePort();
    await expect(open().forward({ host: "127.0.0.1", port })).rejects.toEqual(
      new SshConnectionError(
        subject(),
        `cannot connect to 127.0.0.1:${port}: (SSH) Channel open failure: Connection refused`,
      ),
    );
  });

  test("to a server that forbids going on is a refusal", async () => {
    const strict = new Sshd(folder, "strict", [key], "127.0.0.1", ["AllowTcpForwarding no"]);
    await strict.start();
    const bastion = open({ port: strict.port, hostKey: strict.hostKey.publicKey });
    await expect(bastion.forward({ host: "127.0.0.1", port: 1 })).rejects.toEqual(
      new SshRefusal(
        bastion.subject,
        "does not allow connections to 127.0.0.1:1 (AllowTcpForwarding and PermitOpen in its sshd_config)",
      ),
    );
    await strict.stop();
  });
});

describe("a remote file", () => {
  test("by its path from the home or from the root", async () => {
    const bastion = open();
    expect(await bastion.readFile("~/hello")).toBe("good day\n");
    expect(await bastion.readFile(`${folder.path}/hello`)).toBe("good day\n");
  });

  test("that does not exist, or is too large, is refused by name", async () => {
    const bastion = open();
    await expect(bastion.readFile("~/no/such")).rejects.toEqual(
      new InputError(`~/no/such on ${subject()}`, ["there is no such file"]),
    );
    folder.write("large", "x".repeat(256 * 1024));
    expect(await bastion.readFile("large")).toHaveLength(256 * 1024);
    folder.write("larger", "x".repeat(256 * 1024 + 1));
    await expect(bastion.readFile("larger")).rejects.toEqual(
      new InputError(`larger on ${subject()}`, ["is larger than 262144 bytes"]),
    );
  });
});

test("all that is wrong with the settings is said at once, before anything is contacted", () => {
  const settings = { host: "", port: 70_000, user: "", keyFile: "/no/key", hostKey: "rsa" };
  expect(() => openBastion(settings)).toThrow(
    new InputError("bastion", [
      "host: is empty",
      "port: 70000 is not a port",
      "user: is empty",
      "keyFile: /no/key cannot be read (ENOENT)",
      'hostKey: must be a public key ("ssh-ed25519 AAAA…") or its "SHA256:…" fingerprint',
    ]),
  );
});
