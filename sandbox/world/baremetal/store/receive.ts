import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { contentDigest, digestIn } from "./contentDigest";

/** How the store answers. */
export interface StoreAnswer {
  status: number;
  text?: string;
  headers?: Record<string, string>;
}

/** What limits one upload. */
export interface Limits {
  /** How many bytes there is room for. */
  freeBytes: number;
  /** Ends the connection after so many bytes. */
  cutAfter?: number | undefined;
}

/**
 * Takes the body of a PUT to disk as it comes, and counts and hashes it on the way. The file is there
 * only when all of it has come and its digest is the one that the client gave.
 */
export async function receiveFile(
  request: IncomingMessage,
  path: string,
  limits: Limits,
): Promise<StoreAnswer> {
  const digest = request.headers["content-digest"];
  const expected = digestIn(digest?.toString());
  if (expected === undefined) {
    return { status: 400, text: "A Content-Digest with sha-256 is required (RFC 9530)." };
  }
  const partial = `${path}.part`;
  const meter = new Meter(request, limits);
  try {
    await pipeline(request, meter, createWriteStream(partial));
    if (meter.isFull) {
      return { status: 507, text: "The intermediate storage has no room for this image." };
    }
    const actual = meter.hash.digest("hex");
    if (actual !== expected) {
      return { status: 400, text: `The content's sha-256 is ${actual}, not ${expected}.` };
    }
    await rename(partial, path);
    return { status: 201, headers: { "content-digest": contentDigest(actual) } };
  } finally {
    await rm(partial, { force: true });
  }
}

/** Counts and hashes what goes through it. */
class Meter extends Transform {
  readonly hash = createHash("sha256");
  #received = 0;

  constructor(
    private readonly request: IncomingMessage,
    private readonly limits: Limits,
  ) {
    super();
  }

  get isFull(): boolean {
    return this.#received > this.limits.freeBytes;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#received += chunk.length;
    if (this.#received > (this.limits.cutAfter ?? Infinity)) this.request.socket.destroy();
    // What there is no room for is read all the same: an answer before the end of a body is easily lost.
    if (this.isFull) {
      done();
      return;
    }
    this.hash.update(chunk);
    done(null, chunk);
  }
}
