import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
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
  const ends = Promise.all([endOfCommand(source, { isRead: true }), endOfCommand(target)]);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const meter = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  };
  source.end();
  const broken = await pipeline(source, meter, target).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  if (broken) for (const channel of [source, target]) channel.close();
  const [sent, received] = await ends;
  requireSuccess(to.subject, received, broken);
  requireSuccess(from.subject, sent, broken);
  if (broken) throw broken;
  return { sizeBytes, sha256: hash.digest("hex") };
}

function requireSuccess(
  subject: string,
  result: CommandResult | undefined,
  broken: Error | undefined,
): void {
  if (result?.exitCode === 0) return;
  const said = result?.output ?? "";
  if (broken && said === "" && result?.exitCode === undefined) return;
  const how =
    result === undefined
      ? "the connection ended before the command did"
      : `exit code ${result.exitCode ?? "none"}`;
  throw new Error(`${subject}: ${how}${said === "" ? "" : `: ${said}`}`);
}
