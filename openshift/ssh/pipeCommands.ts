import { createHash } from "node:crypto";
import type { ClientChannel } from "ssh2";
import { endOfCommand, type CommandResult } from "./runCommand";

/** A command on a host. */
export interface RemoteCommand {
  /** The host, for messages. */
  subject: string;
  start: (command: string) => Promise<ClientChannel>;
  command: string;
}

/** What went from one to the other. */
export interface Passed {
  sizeBytes: number;
  /** Hexadecimal. */
  sha256: string;
}

/**
 * Streams what one command writes into another one on another host. Nothing is kept here, however
 * much it is.
 *
 * @throws {Error} naming the host whose command failed, and what it said
 */
export async function pipeCommands(from: RemoteCommand, to: RemoteCommand): Promise<Passed> {
  const source = await from.start(from.command);
  const target = await to.start(to.command);
  const sent = endOfCommand(source, { isRead: true });
  const received = endOfCommand(target);
  const passed = pump(source, target);
  source.end();
  try {
    // It ends when the source has, or before that, when it fails: then nobody waits for the source.
    requireSuccess(to.subject, await received);
    requireSuccess(from.subject, await sent);
  } finally {
    source.resume();
    source.close();
    target.close();
  }
  return passed();
}

/** Not stream.pipeline: that one waits for a close that a channel of ssh2 does not always tell. */
function pump(source: ClientChannel, target: ClientChannel): () => Passed {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  source.on("data", (chunk: Buffer) => {
    hash.update(chunk);
    sizeBytes += chunk.length;
    if (target.writable && !target.write(chunk)) source.pause();
  });
  target.on("drain", () => source.resume());
  source.once("end", () => target.end()).once("close", () => target.end());
  return () => ({ sizeBytes, sha256: hash.digest("hex") });
}

function requireSuccess(subject: string, result: CommandResult | undefined): void {
  if (result?.exitCode === 0) return;
  const said = result === undefined || result.output === "" ? "" : `: ${result.output}`;
  const how =
    result === undefined
      ? "the connection ended before the command did"
      : `exit code ${result.exitCode ?? "none"}`;
  throw new Error(`${subject}: ${how}${said}`);
}
