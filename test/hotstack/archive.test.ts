import { gunzipSync } from "node:zlib";
import { packedArchive } from "../../hotstack/archive";

const files = [
  { name: "a.sh", content: Buffer.from("echo hello\n") },
  { name: "full-block", content: Buffer.alloc(512, "x") },
];

/** One file of a tar archive, as POSIX's ustar format has it; and where the next one begins. */
function entryAt(tar: Buffer, offset: number) {
  const header = tar.subarray(offset, offset + 512);
  const text = (from: number, length: number) =>
    header.toString("latin1", from, from + length).replace(/\0.*$/s, "");
  const size = parseInt(text(124, 12), 8);
  const blank = Buffer.from(header).fill(" ", 148, 156);
  return {
    name: text(0, 100),
    mode: text(100, 8),
    magic: header.toString("latin1", 257, 265),
    isSumRight: parseInt(text(148, 8), 8) === blank.reduce((sum, byte) => sum + byte, 0),
    content: tar.toString("utf8", offset + 512, offset + 512 + size),
    next: offset + 512 + Math.ceil(size / 512) * 512,
  };
}

describe("packedArchive", () => {
  it("packs files as tar does", () => {
    const tar = gunzipSync(Buffer.from(packedArchive(files), "base64"));
    const first = entryAt(tar, 0);
    const second = entryAt(tar, first.next);
    const same = { mode: "0000644", magic: "ustar\x0000", isSumRight: true };
    expect(first).toMatchObject({ name: "a.sh", content: "echo hello\n", ...same });
    expect(second).toMatchObject({ name: "full-block", content: "x".repeat(512), ...same });
    expect(tar.length).toBe(second.next + 1024);
    expect(tar.subarray(second.next).every((byte) => byte === 0)).toBe(true);
  });

  it("packs the same files into the same bytes", () => {
    expect(packedArchive(files)).toBe(packedArchive(files));
  });
});
