import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { contentDigest, sha256Of } from "./store/contentDigest";
import { StoreClient } from "./store/StoreClient";

/**
 * The storage mounted as davfs2 does it: files are written to a cache, and sent when they are closed.
 * (A kernel without FUSE cannot mount; what goes over the wire is the same.)
 */
export class DavMount {
  private constructor(
    private readonly client: StoreClient,
    private readonly cache: string,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws {Error} when the URL is not https, or there is no WebDAV that lets us in */
  static async open(
    url: string,
    ca: string,
    scratch: string,
    signal: AbortSignal,
  ): Promise<DavMount> {
    const client = new StoreClient(url, ca);
    const { headers } = await client.expect([200], { method: "OPTIONS", signal });
    if (headers["dav"] === undefined) throw new Error("The storage does not speak WebDAV.");
    await client.expect([207], { method: "PROPFIND", headers: { depth: "1" }, signal });
    return new DavMount(client, await mkdtemp(join(scratch, "davfs-")), signal);
  }

  /** Where a file of the mount is written. */
  pathOf(name: string): string {
    return join(this.cache, name);
  }

  /** Closes a file: it goes to the storage with its digest. @throws {Error} when it does not arrive */
  async flush(
    name: string,
    { isTampered }: { isTampered: boolean },
  ): Promise<{ size: number; sha256: string }> {
    const file = this.pathOf(name);
    const sha256 = await sha256Of(createReadStream(file));
    await this.client.expect([201], {
      method: "PUT",
      name,
      file,
      headers: { "content-digest": contentDigest(sha256) },
      signal: this.signal,
      ...(isTampered ? { through: tampering() } : {}),
    });
    return { size: (await stat(file)).size, sha256 };
  }

  async unmount(): Promise<void> {
    await rm(this.cache, { recursive: true, force: true });
  }
}

/** Somebody on the way who changes a bit. */
function tampering(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const altered = Buffer.from(chunk);
      altered.writeUInt8(altered.readUInt8(altered.length - 1) ^ 1, altered.length - 1);
      done(null, altered);
    },
  });
}
