/* eslint-disable @typescript-eslint/no-unsafe-assignment -- raw answers are what is tested */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Ramdisk } from "../../../../sandbox/world/baremetal/Ramdisk";
import { BareMetalLab } from "../../BareMetalLab";

const run = promisify(execFile);

describe("a snapshot of a bare-metal node", () => {
  let lab: BareMetalLab;
  beforeEach(async () => {
    lab = await BareMetalLab.open();
  });
  afterEach(() => lab.close());

  it("goes from active over snapshotting and snapshot wait back to active", async () => {
    const seen: string[] = [];
    const image = await lab.beginSnapshot();
    await lab.until(
      () => {
        if (seen.at(-1) !== lab.state()) seen.push(lab.state());
        return lab.state() === "active";
      },
      "the snapshot",
      () => seen.join(),
    );
    expect(seen).toEqual(["snapshotting", "snapshot wait", "snapshotting", "active"]);
    expect(lab.image(image).status).toBe("active");
    expect(lab.node().lastError).toBeNull();
  });

  it("is a real qcow2 in Glance that equals the disk, with empty blocks bypassed", async () => {
    const image = await lab.beginSnapshot();
    await lab.settled("active");
    const { body } = await lab.lab.get(`/image/v2/images/${image}`);
    const bytes = lab.image(image).bytes ?? Buffer.alloc(0);
    expect(body).toMatchObject({
      status: "active",
      size: bytes.length,
      virtual_size: 8 * 2 ** 30,
      os_hash_algo: "sha512",
      os_hash_value: createHash("sha512").update(bytes).digest("hex"),
    });
    expect(bytes.length).toBeGreaterThan(3 * 256 * 1024);
    expect(bytes.length).toBeLessThan(4 * 2 ** 20);
    await lab.withFile(image, async (path) => {
      const info = JSON.parse((await run("qemu-img", ["info", "--output=json", path])).stdout);
      expect(info).toMatchObject({ format: "qcow2", "virtual-size": 8 * 2 ** 30 });
      const disks = ["compare", "-f", "qcow2", "-F", "raw", path, lab.disk().path];
      // The guest is up again and has counted its boot in memory; the disk is what it was.
      expect((await run("qemu-img", disks)).stdout).toBe("Images are identical.\n");
    });
  });

  it('"When the first heartbeat is received, ironic conductor sends command snapshot.stream_image"', async () => {
    const sent = jest.spyOn(Ramdisk.prototype, "streamImage");
    const image = await lab.beginSnapshot();
    await lab.settled("snapshot wait");
    expect(sent).not.toHaveBeenCalled();
    await lab.settled("active");
    expect(sent.mock.calls).toEqual([
      [
        expect.stringMatching(/^https:\/\/[0-9a-f]{12}:[\w-]{32}@127\.0\.0\.1:\d+\/snapshots$/),
        `${image}-snapshot.qcow2`,
      ],
    ]);
    sent.mockRestore();
  });

  it('"The remote storage will act as an intermediate storage": what is in Glance is removed there', async () => {
    const put = jest.spyOn(lab.world.images, "setBytes");
    const stored: string[][] = [];
    const store = () => readdirSync(join(dirname(dirname(lab.disk().path)), "snapshots"));
    put.mockImplementation((...args: Parameters<typeof lab.world.images.setBytes>) => {
      stored.push(store());
      put.mockRestore();
      lab.world.images.setBytes(...args);
    });
    const image = await lab.beginSnapshot();
    await lab.settled("active");
    expect(stored).toEqual([[`${image}-snapshot.qcow2`]]);
    expect(store()).toEqual([]);
  });

  it('"the root device could be even larger than the available space of conductor host": no dd', async () => {
    // Room for 4 MiB, and the disk has 8 GiB.
    lab.world.bareMetal.options.storeBytes = 4 * 2 ** 20;
    const image = await lab.beginSnapshot();
    await lab.settled("active");
    expect(lab.image(image).virtualSize).toBe(8 * 2 ** 30);
  });

  it("shows no credential of the storage in what Ironic tells", async () => {
    const sent = jest.spyOn(Ramdisk.prototype, "streamImage");
    lab.world.faults.add({ match: { action: "snapshot" }, then: { effect: "connectionCut" } });
    await lab.beginSnapshot();
    await lab.settled("snapshot failed");
    const [, secret = ""] = /:([^:@]+)@/.exec(sent.mock.calls[0]?.[0] ?? "") ?? [];
    sent.mockRestore();
    expect(secret).toHaveLength(32);
    expect(JSON.stringify((await lab.get("/nodes/bm-0")).body)).not.toContain(secret);
  });
});
