import { platformTraps, type Platform } from "../../../snapset/capture/platformTraps";

function trapsOf(changes: Partial<Platform>) {
  return platformTraps({
    what: "instance master0 (uuid)",
    imageProperties: {},
    flavor: { swap: 0, ephemeral: 0 },
    extraSpecs: {},
    ...changes,
  });
}

describe("what no image holds of a machine", () => {
  it("is nothing of a plain one, nor of one whose image and flavor are gone", () => {
    const nothing = { problems: [], warnings: [], leftOut: [] };
    expect(trapsOf({})).toEqual(nothing);
    expect(trapsOf({ flavor: undefined })).toEqual(nothing);
    expect(trapsOf({ imageProperties: { hw_firmware_type: "bios" } })).toEqual(nothing);
  });

  it.each<[string, Partial<Platform>]>([
    ["its image", { imageProperties: { hw_tpm_version: "2.0" } }],
    ["its flavor", { extraSpecs: { "hw:tpm_version": "2.0" } }],
  ])("a vTPM that %s asks for stops the capture", (_, changes) => {
    expect(trapsOf(changes)).toEqual({
      problems: [
        "instance master0 (uuid) has a vTPM (2.0): its secrets are in no image and a restored disk could not be unlocked; use a flavor and an image without one",
      ],
      warnings: [],
      leftOut: [],
    });
  });

  it("an ephemeral disk is left out", () => {
    expect(trapsOf({ flavor: { swap: 0, ephemeral: 20 } })).toEqual({
      problems: [],
      warnings: [
        "PartialSnapshot: instance master0 (uuid) has an ephemeral disk of 20 GB, which no image holds; it comes back empty",
      ],
      leftOut: ["ephemeral disk of 20 GB"],
    });
  });

  it("a swap disk holds nothing that is missed", () => {
    expect(trapsOf({ flavor: { swap: 512, ephemeral: 0 } })).toEqual({
      problems: [],
      warnings: [
        "instance master0 (uuid) has a swap disk of 512 MB, which no image holds; it comes back empty",
      ],
      leftOut: [],
    });
  });

  it("the NVRAM of UEFI is lost", () => {
    expect(trapsOf({ imageProperties: { hw_firmware_type: "uefi" } })).toEqual({
      problems: [],
      warnings: [
        "instance master0 (uuid) boots by UEFI: its NVRAM is in no image, so boot entries made in the guest are lost and it boots from the default path (EFI/BOOT)",
      ],
      leftOut: [],
    });
  });

  it("all of it is told at once", () => {
    const { problems, warnings, leftOut } = trapsOf({
      imageProperties: { hw_firmware_type: "uefi", hw_tpm_version: "1.2" },
      flavor: { swap: 1, ephemeral: 1 },
    });
    expect([problems.length, warnings.length, leftOut.length]).toEqual([1, 3, 1]);
  });
});
