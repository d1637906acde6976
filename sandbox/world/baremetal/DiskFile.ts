import {
  closeSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import type { DiskContent } from "../guest";
import type { Ids } from "../ids";
import type { BlockDevice } from "./rootDevice";

const mib = 2 ** 20;
/** Where a disk keeps what its guest remembers: behind the place of a partition table. */
const contentAt = mib;
const magic = "SNAPSET-GUEST\n";
const headerBytes = 32;
/** Where else a new system has written something, in parts of the disk's size. */
const written = [0.1, 0.5, 0.9];
const extentBytes = 256 * 1024;

/** A disk of a bare-metal machine: a sparse file of the disk's size. */
export class DiskFile {
  constructor(
    readonly device: BlockDevice,
    readonly path: string,
  ) {
    this.wipe();
  }

  /** How much of it takes up space, in bytes. */
  get allocatedBytes(): number {
    return statSync(this.path).blocks * 512;
  }

  /** Makes it empty, as cleaning does. */
  wipe(): void {
    const file = openSync(this.path, "w");
    ftruncateSync(file, this.device.size);
    closeSync(file);
  }

  /** Brings the file to the disk's size after an image has been written to it. @throws {Error} when the image is larger */
  fit(): void {
    const { size } = statSync(this.path);
    if (size > this.device.size) {
      throw new Error(
        `The image needs ${size} bytes, and ${this.device.name} has ${this.device.size}.`,
      );
    }
    truncateSync(this.path, this.device.size);
  }

  /** What the guest on the disk remembers; undefined where there is no system that could boot. */
  read(): DiskContent | undefined {
    const file = openSync(this.path, "r");
    try {
      const header = Buffer.alloc(headerBytes);
      readSync(file, header, 0, headerBytes, contentAt);
      if (!header.toString().startsWith(magic)) return undefined;
      const text = Buffer.alloc(Number(header.toString("ascii", magic.length)));
      readSync(file, text, 0, text.length, contentAt + headerBytes);
      return JSON.parse(text.toString()) as DiskContent;
    } finally {
      closeSync(file);
    }
  }

  /** Writes what the guest remembers. */
  write(content: DiskContent): void {
    const text = Buffer.from(JSON.stringify(content));
    const header = `${magic}${text.length}`.padEnd(headerBytes);
    this.#writeAt(contentAt, Buffer.concat([Buffer.from(header), text]));
  }

  /** Puts a system on the empty disk: what it remembers, and blocks of data here and there. */
  install(content: DiskContent, ids: Ids): void {
    this.wipe();
    for (const part of written) {
      const at = Math.floor((this.device.size * part) / mib) * mib;
      this.#writeAt(at, Buffer.from(ids.hex(64).repeat(extentBytes / 64)));
    }
    this.write(content);
  }

  #writeAt(position: number, bytes: Buffer): void {
    const file = openSync(this.path, "r+");
    writeSync(file, bytes, 0, bytes.length, position);
    closeSync(file);
  }
}
