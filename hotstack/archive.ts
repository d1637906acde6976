import { gzipSync } from "node:zlib";

/** A file of an archive. */
export interface ArchivedFile {
  name: string;
  content: Buffer;
}

const blockSize = 512;

/**
 * A gzipped tar archive in base64, as Hotstack makes it of `compress_heat_files`. Owners and times are
 * zero, so that the same files give the same bytes each time.
 */
export function packedArchive(files: readonly ArchivedFile[]): string {
  const blocks = files.flatMap(({ name, content }) => [
    header(name, content.length),
    content,
    Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize),
  ]);
  const tar = Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]);
  return gzipSync(tar, { level: 9 }).toString("base64");
}

/** A header in the ustar format of POSIX. */
function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(blockSize);
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, "0");
  block.write(name, 0, 100);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(" ".repeat(8), 148);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)}\0 `, 148);
  return block;
}
