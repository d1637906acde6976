import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/** An answer whose body is still to be read. */
export interface StoreResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
}

/** A request to the store. */
export interface StoreRequest {
  method: string;
  /** Of the file in the collection. @default the collection itself */
  name?: string;
  headers?: Record<string, string>;
  /** A file to send. */
  file?: string;
  /** What the file's bytes go through on the way. */
  through?: Transform;
  signal?: AbortSignal | undefined;
}

/** Talks to the intermediate storage over TLS, and to nobody whose authority is not the pinned one. */
export class StoreClient {
  readonly #url: URL;

  /**
   * @param url of the collection, with credentials
   * @param ca the one authority to believe, PEM
   * @throws {Error} for anything but https
   */
  constructor(
    url: string,
    private readonly ca: string,
  ) {
    this.#url = new URL(url);
    if (this.#url.protocol !== "https:") {
      throw new Error(
        `The storage must be reached by https, not by ${this.#url.protocol.replace(":", "")}: a disk's data could be read or altered on its way.`,
      );
    }
  }

  /** @throws {Error} when there is no answer; it names the storage, and no credentials */
  async send(wanted: StoreRequest): Promise<StoreResponse> {
    try {
      return await this.#send(wanted);
    } catch (error) {
      wanted.signal?.throwIfAborted();
      const { code, message } = error as NodeJS.ErrnoException;
      const reason = code === undefined ? message : `${code}: ${message}`;
      throw new Error(`${wanted.method} to the storage at ${this.#url.host} failed: ${reason}`, {
        cause: error,
      });
    }
  }

  /** The same, for an answer with one of these statuses, read whole. @throws {Error} for any other */
  async expect(statuses: readonly number[], wanted: StoreRequest): Promise<StoreResponse> {
    const response = await this.send(wanted);
    if (statuses.includes(response.status)) return response;
    const said = (await text(response.body)).trim();
    throw new Error(
      `The storage answered ${wanted.method} with ${response.status}${said === "" ? "" : `: ${said}`}`,
    );
  }

  async #send({ method, name, headers, file, through, signal }: StoreRequest) {
    const { username, password, hostname, port, pathname } = this.#url;
    const length = file === undefined ? undefined : (await stat(file)).size;
    const request = httpsRequest({
      method,
      hostname,
      port,
      path: name === undefined ? pathname : `${pathname}/${encodeURIComponent(name)}`,
      auth: `${username}:${password}`,
      ca: this.ca,
      agent: false,
      headers: { ...headers, ...(length === undefined ? {} : { "content-length": length }) },
      ...(signal === undefined ? {} : { signal }),
    });
    const answered = new Promise<StoreResponse>((resolve, reject) => {
      request.on("error", reject);
      request.once("response", (body) => {
        resolve({ status: body.statusCode ?? 0, headers: body.headers, body });
      });
    });
    const source = file === undefined ? Readable.from([]) : createReadStream(file);
    const sent = through ? pipeline(source, through, request) : pipeline(source, request);
    // A refusal may come before all of the body is gone: it says more than the broken pipe.
    sent.catch(() => undefined);
    return answered;
  }
}
