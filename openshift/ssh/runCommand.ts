import type { Client, ClientChannel } from "ssh2";
import { shellWord } from "../../common/shell";
import { callBack } from "./callBack";
import { SshConnectionError } from "./errors";

/** How a command ended. */
export interface CommandResult {
  /** Absent when a signal ended it. */
  exitCode: number | undefined;
  /** The end of what it wrote, both streams. */
  output: string;
  /** The end of what it wrote to its standard output. */
  stdout: string;
}

/** E.g. `exit code 1: no such file`. */
export function describeEnd({ exitCode, output }: CommandResult): string {
  const how = exitCode === undefined ? "ended by a signal" : `exit code ${exitCode}`;
  return output === "" ? how : `${how}: ${output}`;
}

const maxOutput = 500;
/** As much as a pod's termination message holds. */
const maxStdout = 4096;

/**
 * Runs a command in the login shell of the user.
 *
 * @param subject the server, for messages
 * @throws {SshConnectionError} when the connection ended before the command did: it may have run
 */
export async function runCommand(
  client: Client,
  subject: string,
  command: string,
): Promise<CommandResult> {
  const channel = await startCommand(client, subject, command);
  const end = endOfCommand(channel);
  channel.end();
  const result = await end;
  if (result) return result;
  throw new SshConnectionError(subject, "the connection ended before the command did");
}

/** Starts a command in the login shell of the user. @param subject the server, for messages */
export function startCommand(
  client: Client,
  subject: string,
  command: string,
): Promise<ClientChannel> {
  return callBack<ClientChannel>(
    subject,
    (done) => client.exec(command, done),
    (error) => new SshConnectionError(subject, "cannot run a command", { cause: error }),
  );
}

/**
 * How a command ends; undefined when the connection ended before it did.
 *
 * @param reading `isRead`: somebody else takes what it writes to its standard output
 */
export function endOfCommand(
  channel: ClientChannel,
  { isRead = false } = {},
): Promise<CommandResult | undefined> {
  let output = "";
  let stdout = "";
  let result: CommandResult | undefined;
  const add = (chunk: Buffer) => {
    output = `${output}${chunk.toString("utf8")}`.slice(-maxOutput);
  };
  if (!isRead) {
    channel.on("data", (chunk: Buffer) => {
      stdout = `${stdout}${chunk.toString("utf8")}`.slice(-maxStdout);
      add(chunk);
    });
  }
  channel.stderr.on("data", add);
  return new Promise((resolve) => {
    channel.once("exit", (code: number | null) => {
      result = { exitCode: code ?? undefined, output: "", stdout: "" };
    });
    channel.once("close", () => {
      resolve(result && { ...result, output: output.trim(), stdout });
    });
  });
}

/** A command line for a POSIX shell, run as root: with sudo, which must not ask, unless the user is root. */
export function commandLine(user: string, command: readonly string[]): string {
  const words = user === "root" ? command : ["sudo", "-n", "--", ...command];
  return words.map(shellWord).join(" ");
}
