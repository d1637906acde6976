import { SshConnectionError } from "./errors";

type Done<T> = (error: Error | undefined | null, value: T) => void;

/**
 * A call of ssh2's as a promise. Where there is no connection any more ssh2 throws instead of
 * calling back.
 *
 * @param subject the other end, for messages
 * @param describe makes the error of a call that failed
 */
export function callBack<T>(
  subject: string,
  call: (done: Done<T>) => unknown,
  describe: (error: Error) => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      call((error, value) => {
        if (error) reject(describe(error));
        else resolve(value);
      });
    } catch (error) {
      reject(new SshConnectionError(subject, "is not connected any more", { cause: error }));
    }
  });
}
