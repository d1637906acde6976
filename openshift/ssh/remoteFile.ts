import type { Client, SFTPWrapper } from "ssh2";
import { InputError } from "../../common/errors";
import { callBack } from "./callBack";
import { SshConnectionError } from "./errors";

/** A kubeconfig with three embedded certificates has some 15 kB. */
const maxBytes = 256 * 1024;
/** SSH_FX_EOF, SSH_FX_NO_SUCH_FILE and SSH_FX_PERMISSION_DENIED of the SFTP draft. */
const endOfFile = 1;
const reasons: Record<number, string> = { 2: "there is no such file", 3: "may not be read" };

/**
 * The text of a small file, over SFTP.
 *
 * @param subject the server, for messages
 * @param path absolute, or relative to the user's home, with or without `~/`
 * @throws {InputError} when there is no such file, or it is none to be read whole
 * @throws {SshConnectionError}
 */
export async function readRemoteFile(
  client: Client,
  subject: string,
  path: string,
): Promise<string> {
  const where = `${path} on ${subject}`;
  const sftp = await openSftp(client, subject);
  try {
    return await read(sftp, path.replace(/^~\//, ""), where);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { code, message } = error as { code?: number; message: string };
    if (code === undefined)
      throw new SshConnectionError(subject, `cannot read ${path}: ${message}`);
    throw new InputError(where, [reasons[code] ?? `cannot be read: ${message}`]);
  } finally {
    sftp.end();
  }
}

function openSftp(client: Client, subject: string): Promise<SFTPWrapper> {
  return callBack<SFTPWrapper>(
    subject,
    (done) => client.sftp(done),
    (error) => new SshConnectionError(subject, "has no SFTP", { cause: error }),
  );
}

/**
 * Never more than the limit, whatever the file's size is said to be. Without ssh2's read stream:
 * that one closes its file after its end, and an end of the connection before that is an error
 * event which nobody can listen to any more.
 */
async function read(sftp: SFTPWrapper, path: string, where: string): Promise<string> {
  const handle = await new Promise<Buffer>((resolve, reject) => {
    sftp.open(path, "r", (error, opened) => {
      if (error) reject(error);
      else resolve(opened);
    });
  });
  const text = Buffer.alloc(maxBytes + 1);
  let size = 0;
  for (let count = -1; count !== 0 && size <= maxBytes; size += count) {
    count = await readAt(sftp, handle, text, size);
  }
  if (size > maxBytes) throw new InputError(where, [`is larger than ${maxBytes} bytes`]);
  return text.toString("utf8", 0, size);
}

function readAt(sftp: SFTPWrapper, handle: Buffer, into: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    sftp.read(handle, into, at, into.length - at, at, (error, count) => {
      if (!error) resolve(count);
      else if ((error as { code?: number }).code === endOfFile) resolve(0);
      else reject(error);
    });
  });
}
