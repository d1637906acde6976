import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DiskFile } from "../../../../sandbox/world/baremetal/DiskFile";
import { convertImage, virtualSizeOf } from "../../../../sandbox/world/baremetal/qemuImg";
import { Ids } from "../../../../sandbox/world/ids";

const run = promisify(execFile);
const gib = 2 ** 30;

describe("the image of a disk", () => {
  let directory: string;
  let disk: DiskFile;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "qemu-"));
    disk = new DiskFile({ name: "/dev/sda", size: 8 * gib }, join(directory, "sda.raw"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const at = (name: string) => join(directory, name);

  it('"empty blocks will be bypassed": a few extents of 8 GiB make a small image of the whole disk', async () => {
    disk.install({ bootCount: 3, files: { "/etc/name": "bm-0" } }, new Ids(1));
    expect(disk.allocatedBytes).toBeLessThan(2 ** 20);
    await convertImage({ path: disk.path, format: "raw" }, { path: at("q"), format: "qcow2" });
    expect((await stat(at("q"))).size).toBeLessThan(2 * 2 ** 20);
    expect(await virtualSizeOf(at("q"))).toBe(8 * gib);
    const { stdout } = await run("qemu-img", ["compare", at("q"), "-F", "raw", disk.path]);
    expect(stdout).toBe("Images are identical.\n");
  });

  it("comes back onto another disk, with what the guest remembers", async () => {
    const content = { bootCount: 3, files: { "/etc/name": "bm-0" } };
    disk.install(content, new Ids(1));
    await convertImage({ path: disk.path, format: "raw" }, { path: at("q"), format: "qcow2" });
    const other = new DiskFile({ name: "/dev/sda", size: 10 * gib }, at("sdb.raw"));
    expect(other.read()).toBeUndefined();
    await convertImage({ path: at("q"), format: "qcow2" }, { path: other.path, format: "raw" });
    other.fit();
    expect(other.read()).toEqual(content);
    expect((await stat(other.path)).size).toBe(10 * gib);
    const small = new DiskFile({ name: "/dev/sda", size: 5 * gib }, at("sdc.raw"));
    await convertImage({ path: at("q"), format: "qcow2" }, { path: small.path, format: "raw" });
    expect(() => {
      small.fit();
    }).toThrow("The image needs 8589934592 bytes, and /dev/sda has 5368709120.");
  });

  it("forgets everything when it is wiped", () => {
    disk.install({ bootCount: 3, files: {} }, new Ids(1));
    disk.wipe();
    expect([disk.read(), disk.allocatedBytes]).toEqual([undefined, 0]);
  });

  it("says what qemu-img said, and which package has it", async () => {
    const to = { path: at("q"), format: "qcow2" } as const;
    await expect(convertImage({ path: at("none"), format: "raw" }, to)).rejects.toThrow(
      /^qemu-img convert failed: .*Could not open/,
    );
    const { PATH } = process.env;
    process.env["PATH"] = directory;
    try {
      await expect(convertImage({ path: disk.path, format: "raw" }, to)).rejects.toThrow(
        "qemu-img convert failed: there is no qemu-img here; Debian has it in the package qemu-utils",
      );
    } finally {
      process.env["PATH"] = PATH;
    }
  });

  it("is given up when its machine is switched off", async () => {
    const off = AbortSignal.abort(new Error("off"));
    const to = { path: at("q"), format: "qcow2" } as const;
    await expect(convertImage({ path: disk.path, format: "raw" }, to, off)).rejects.toThrow("off");
  });
});
