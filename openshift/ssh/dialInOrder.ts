import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { messageOf, TimeoutError } from "../../common/errors";
import { SshConnectionError, SshRefusal } from "./errors";
import type { Address } from "./forward";

/** Connects to one address. */
export type Dial = (address: Address) => Promise<Duplex>;

/**
 * Tries addresses in their order, beginning with the one that has last worked.
 *
 * @returns a function that connects
 * @throws (from that) {SshRefusal} at once, or {SshConnectionError} with every address's reason
 */
export function dialInOrder(addresses: readonly Address[], dial: Dial): () => Promise<Duplex> {
  let order = [...addresses];
  return async () => {
    const failures: string[] = [];
    for (const address of order) {
      try {
        const socket = await dial(address);
        order = [address, ...addresses.filter((it) => it !== address)];
        return socket;
      } catch (error) {
        if (error instanceof SshRefusal || order.length === 1) throw error;
        failures.push(messageOf(error));
      }
    }
    throw new SshConnectionError("none of the API's addresses answers", failures.join("; "));
  };
}

/** A plain TCP connection. */
export function dialDirectly({ host, port }: Address): Promise<Duplex> {
  const timeoutMs = 5000;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.setTimeout(timeoutMs, () => {
      socket.destroy(new TimeoutError(`a connection to ${host}:${port}`, timeoutMs, "no answer"));
    });
    socket.once("error", reject).once("connect", () => {
      socket.setTimeout(0).off("error", reject);
      resolve(socket);
    });
  });
}
