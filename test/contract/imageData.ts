import { createHash } from "node:crypto";
import type { Fixture } from "./Fixture";

/** The files of images, as they are uploaded and downloaded. */
export function describeImageData(fixture: () => Fixture): void {
  describe("image data", () => {
    const bytes = Buffer.from("a disk ".repeat(1000));
    // The first cluster of a qcow2 as `qemu-img create -f qcow2` makes it: version 3, 5 GiB.
    const qcow2 = Buffer.alloc(65_536);
    qcow2.write("QFI\xfb", "latin1");
    qcow2.writeUInt32BE(3, 4);
    qcow2.writeUInt32BE(16, 20);
    qcow2.writeBigUInt64BE(BigInt(5 * 2 ** 30), 24);

    const holder = async (fields: object) => {
      const name = `contract-holder-${fixture().suffix}`;
      const { body } = await fixture().raw("POST", "image", "/images", { name, ...fields });
      return fixture().removeLater((body as unknown as { id: string }).id);
    };
    const show = (id: string) => fixture().openStack.image.showImage(id);

    test("a holder is queued, takes a file once, and has that file's size and checksum", async () => {
      const id = await holder({ disk_format: "raw", container_format: "bare" });
      expect(await show(id)).toMatchObject({ status: "queued", size: null, os_hash_value: null });
      expect((await fixture().imageData("PUT", id, bytes)).status).toBe(204);
      expect(await show(id)).toMatchObject({
        ...{ status: "active", size: bytes.length, virtual_size: bytes.length, min_disk: 0 },
        checksum: createHash("md5").update(bytes).digest("hex"),
        os_hash_algo: "sha512",
        os_hash_value: createHash("sha512").update(bytes).digest("hex"),
      });
      expect((await fixture().imageData("GET", id)).bytes.equals(bytes)).toBe(true);
      expect((await fixture().imageData("PUT", id, bytes)).status).toBe(409);
    });

    test("a qcow2 has the size of its disk as virtual_size", async () => {
      const id = await holder({ disk_format: "qcow2", container_format: "bare" });
      expect((await fixture().imageData("PUT", id, qcow2)).status).toBe(204);
      expect(await show(id)).toMatchObject({ size: qcow2.length, virtual_size: 5 * 2 ** 30 });
    });

    test.each([{}, { disk_format: "qcow2" }, { container_format: "bare" }])(
      "a holder with formats %j takes none, and stays queued",
      async (formats) => {
        const id = await holder(formats);
        expect((await fixture().imageData("PUT", id, bytes)).status).toBe(400);
        expect(await show(id)).toMatchObject({ status: "queued", size: null });
      },
    );
  });
}
