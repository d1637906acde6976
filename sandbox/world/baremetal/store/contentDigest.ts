import { createHash } from "node:crypto";

/** The `Content-Digest` header (RFC 9530) of bytes whose SHA-256 is known. @param sha256 hexadecimal */
export function contentDigest(sha256: string): string {
  return `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`;
}

/** The SHA-256 in a `Content-Digest` header, hexadecimal; undefined where there is none. */
export function digestIn(header: string | undefined): string | undefined {
  const [, encoded] = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):/.exec(header ?? "") ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("hex");
}

/** The SHA-256 of a stream's bytes, hexadecimal. */
export async function sha256Of(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest("hex");
}
