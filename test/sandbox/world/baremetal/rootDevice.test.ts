import fc from "fast-check";
import { chooseRootDevice, type BlockDevice } from "../../../../sandbox/world/baremetal/rootDevice";

const gib = 2 ** 30;
const device = (name: string, sizeGib: number, more: Partial<BlockDevice> = {}): BlockDevice => ({
  name: `/dev/${name}`,
  size: sizeGib * gib,
  ...more,
});

const devices = [
  device("sda", 2, { model: "SD card", vendor: "Generic", rotational: false }),
  device("sdb", 100, { model: "QEMU HARDDISK", vendor: "QEMU", serial: "QM01", rotational: true }),
  device("sdc", 8, { model: "Fast SSD", vendor: "Acme", serial: "AC02", rotational: false }),
  device("nvme0n1", 500, { wwn: "eui.0025", rotational: false }),
];
const chosen = (hints?: Record<string, unknown>) => chooseRootDevice(devices, hints).name;

describe("the root device", () => {
  it('is "the first available block device not less than 4GiB"', () => {
    expect(chosen()).toBe("/dev/sdb");
    expect(chosen({})).toBe("/dev/sdb");
    expect(chooseRootDevice([device("sda", 3.99), device("sdb", 4)], undefined).name).toBe(
      "/dev/sdb",
    );
  });

  it('is "the first matched device if the root device hint is specified"', () => {
    expect(chosen({ size: ">= 100" })).toBe("/dev/sdb");
    expect(chosen({ size: "> 100" })).toBe("/dev/nvme0n1");
    expect(chosen({ rotational: false })).toBe("/dev/sda");
  });

  it.each([
    [{ name: "/dev/sdc" }, "/dev/sdc"],
    [{ serial: "ac02" }, "/dev/sdc"],
    [{ wwn: "eui.0025" }, "/dev/nvme0n1"],
    [{ vendor: "s!= generic", rotational: "false" }, "/dev/sdc"],
    [{ model: "<in> ssd" }, "/dev/sdc"],
    [{ model: "<all-in> harddisk qemu" }, "/dev/sdb"],
    [{ name: "<or> /dev/sdx <or> /dev/sdc" }, "/dev/sdc"],
    [{ size: 8 }, "/dev/sdc"],
    [{ size: "== 500" }, "/dev/nvme0n1"],
    [{ size: "!= 2" }, "/dev/sdb"],
    [{ size: "<= 8" }, "/dev/sda"],
    [{ size: "= 9" }, "/dev/sdb"],
    [{ size: ">= 5", rotational: false }, "/dev/sdc"],
  ])("%j means %s", (hints, name) => {
    expect(chosen(hints)).toBe(name);
  });

  it.each([
    [{ model: "nothing" }, 'using these hints {"model":"nothing"}'],
    [{ serial: "QM01", rotational: false }, 'using these hints {"serial":"QM01"'],
    [{ colour: "red" }, 'The hints "colour" are invalid. Valid hints are: "size, model'],
    [{ size: "big" }, 'Root device hint "size" is not an integer value. Current value: big'],
    [{ size: "-1" }, 'Root device hint "size" should be a positive integer. Current value: -1'],
    [{ rotational: "maybe" }, 'Root device hint "rotational" is not a Boolean value.'],
    [{ model: 7 }, 'Root device hint "model" is not a string value. Hint expression: 7'],
  ])("%j: %s", (hints, message) => {
    expect(() => chosen(hints)).toThrow(message);
  });

  it("is none where all are too small", () => {
    expect(() => chooseRootDevice([device("sda", 3)], undefined)).toThrow(
      "No suitable device was found for deployment - root device hints were not provided and all found block devices are smaller than 4294967296B.",
    );
  });

  it("never is a smaller one, nor one that comes after another that fits", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, (gibs) => {
        const all = gibs.map((size, index) => device(String(index), size));
        const first = gibs.findIndex((size) => size >= 4);
        if (first === -1) expect(() => chooseRootDevice(all, undefined)).toThrow("smaller than");
        else expect(chooseRootDevice(all, undefined)).toBe(all[first]);
      }),
    );
  });
});
