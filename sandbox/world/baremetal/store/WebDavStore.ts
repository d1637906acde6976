import { once } from "node:events";
import { createReadStream } from "node:fs";
import { appendFile, mkdir, readdir, rm, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { messageOf } from "../../../../common/errors";
import { issue } from "../../../certificates";
import { multistatus, type DavResource } from "./multistatus";
import { receiveFile, type StoreAnswer } from "./receive";
import { Transfers, type Transfer, type TransferFlaw, type Visitor } from "./Transfers";

const collection = "/snapshots";
const methods = "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, MKCOL";
const dayMs = 24 * 3600_000;
const cutAfterBytes = 64 * 1024;
/** How long a transfer may begin after it was allowed. */
const transferMs = 15 * 60_000;

/** Where a store is, and how it is reached. */
export interface StoreOptions {
  directory: string;
  now: () => Date;
  /** How much it holds, in bytes. */
  capacityBytes: () => number;
}

/** The specification's intermediate storage: WebDAV over TLS, on the conductor's host. */
export class WebDavStore {
  readonly transfers: Transfers;
  readonly #server: Server;

  private constructor(
    private readonly options: StoreOptions,
    /** The authority that its clients have to pin, PEM. */
    readonly ca: string,
    pair: { certificate: string; key: string },
  ) {
    this.transfers = new Transfers(options.now);
    this.#server = createServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
      void this.#serve(request, response);
    });
  }

  static async start(options: StoreOptions): Promise<WebDavStore> {
    await mkdir(options.directory, { recursive: true });
    const validity = {
      notBefore: new Date(Date.now() - dayMs),
      notAfter: new Date(Date.now() + 365 * dayMs),
    };
    const commonName = "Intermediate storage's authority";
    const ca = issue({ commonName, purpose: "authority", ...validity });
    const server = issue(
      { commonName: "127.0.0.1", purpose: "server", ipAddresses: ["127.0.0.1"], ...validity },
      { pair: ca, commonName },
    );
    const store = new WebDavStore(options, ca.certificate, server);
    await new Promise<void>((resolve, reject) => {
      store.#server.once("error", reject);
      store.#server.listen(0, "127.0.0.1", resolve);
    });
    return store;
  }

  /** Of the collection, without credentials. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `https://127.0.0.1:${port}${collection}`;
  }

  /** The collection's URL with credentials that let one image in, once. */
  allowTransfer(imageName: string, flaw?: TransferFlaw): string {
    return this.#urlFor(this.transfers.issue(imageName, transferMs, flaw));
  }

  /** The collection's URL with the conductor's own credentials. */
  get conductorUrl(): string {
    return this.#urlFor(this.transfers.conductor);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  #urlFor(credentials: string): string {
    return this.url.replace("https://", `https://${credentials}@`);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const visitor = this.transfers.identify(request.headers.authorization);
      const answer = await this.#answer(request, response, visitor);
      if (answer === undefined) return;
      const { status, text = "", headers } = answer;
      // An answer before the end of a body is easily lost: the connection ends under the sender.
      await drained(request);
      response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(text) });
      response.end(text);
    } catch (error) {
      // A client that is gone in the middle of its body, or of its answer, cannot be told.
      if (request.socket.destroyed || response.headersSent) request.socket.destroy();
      else response.writeHead(500).end(messageOf(error));
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    visitor: Visitor,
  ): Promise<StoreAnswer | undefined> {
    if (visitor === undefined) {
      return { status: 401, headers: { "www-authenticate": 'Basic realm="snapshots"' } };
    }
    const { pathname } = new URL(request.url ?? "/", this.url);
    const name = pathname === collection || pathname === `${collection}/` ? "" : basename(pathname);
    if (name !== "" && pathname !== `${collection}/${name}`) return { status: 404 };
    const { method = "" } = request;
    if (method === "OPTIONS") return { status: 200, headers: { dav: "1", allow: methods } };
    if (method === "PROPFIND") return this.#list(visitor, name, request.headers.depth?.toString());
    if (visitor.role === "transfer") {
      const { transfer } = visitor;
      if (method !== "PUT" || name !== transfer.imageName) return { status: 403 };
      return this.#receive(request, transfer);
    }
    return this.#forConductor(method, name, response);
  }

  async #forConductor(
    method: string,
    name: string,
    response: ServerResponse,
  ): Promise<StoreAnswer | undefined> {
    const path = this.#pathOf(name);
    if (method === "MKCOL") return { status: name === "" ? 405 : 403 };
    const found = name === "" ? undefined : await stat(path).catch(() => undefined);
    if (found === undefined) return { status: name === "" ? 405 : 404 };
    switch (method) {
      case "DELETE":
        await rm(path);
        return { status: 204 };
      case "HEAD":
      case "GET":
        response.writeHead(200, { "content-length": found.size });
        if (method === "GET") await pipeline(createReadStream(path), response);
        else response.end();
        return undefined;
      default:
        return { status: 405, headers: { allow: methods } };
    }
  }

  async #receive(request: IncomingMessage, transfer: Transfer): Promise<StoreAnswer> {
    transfer.isUsed = true;
    const used = (await this.#files()).reduce((sum, { length = 0 }) => sum + length, 0);
    const freeBytes = transfer.flaw === "full" ? 0 : this.options.capacityBytes() - used;
    const cutAfter = transfer.flaw === "cut" ? cutAfterBytes : undefined;
    const path = this.#pathOf(transfer.imageName);
    const answer = await receiveFile(request, path, { freeBytes, cutAfter });
    if (transfer.flaw === "altered") await appendFile(path, "altered");
    return answer;
  }

  // The bearer of a transfer sees the collection, and not what others have in it.
  async #list(visitor: Visitor, name: string, depth: string | undefined): Promise<StoreAnswer> {
    const files = visitor?.role === "conductor" ? await this.#files() : [];
    const root: DavResource = { href: `${collection}/`, modified: this.options.now() };
    const all = name === "" ? [root, ...(depth === "0" ? [] : files)] : files;
    const wanted = name === "" ? all : all.filter(({ href }) => basename(href) === name);
    if (wanted.length === 0) return { status: 404 };
    const headers = { "content-type": 'application/xml; charset="utf-8"' };
    return { status: 207, text: multistatus(wanted), headers };
  }

  async #files(): Promise<DavResource[]> {
    const names = await readdir(this.options.directory);
    return Promise.all(
      names.map(async (name) => {
        const { size, mtime } = await stat(this.#pathOf(name));
        return { href: `${collection}/${name}`, length: size, modified: mtime };
      }),
    );
  }

  #pathOf(name: string): string {
    return join(this.options.directory, name);
  }
}

async function drained(request: IncomingMessage): Promise<void> {
  if (request.readableEnded) return;
  request.resume();
  await once(request, "end");
}
