import type { Findings } from "./findings";

/** What Nova copies of a server's image and flavor into the machine. */
export interface Platform {
  /** For messages: `instance compute0 (…)`. */
  what: string;
  /** Properties of the image that it was booted from; empty when that is gone. */
  imageProperties: Readonly<Record<string, unknown>>;
  flavor: { swap: number; ephemeral: number } | undefined;
  /** Extra specs of the flavor. */
  extraSpecs: Readonly<Record<string, string>>;
}

/**
 * Parts of a machine that no image holds. What a node cannot live without stops the capture, the
 * rest is said.
 */
export function platformTraps({ what, imageProperties, flavor, extraSpecs }: Platform): Findings & {
  /** What the set does not hold of it. */
  leftOut: string[];
} {
  const tpm = textOf(imageProperties["hw_tpm_version"]) ?? extraSpecs["hw:tpm_version"];
  const ephemeral = flavor?.ephemeral ?? 0;
  const swap = flavor?.swap ?? 0;
  return {
    problems:
      tpm === undefined
        ? []
        : [
            `${what} has a vTPM (${tpm}): its secrets are in no image and a restored disk could not be unlocked; use a flavor and an image without one`,
          ],
    warnings: [
      ...(ephemeral === 0
        ? []
        : [
            `PartialSnapshot: ${what} has an ephemeral disk of ${ephemeral} GB, which no image holds; it comes back empty`,
          ]),
      ...(swap === 0
        ? []
        : [`${what} has a swap disk of ${swap} MB, which no image holds; it comes back empty`]),
      ...(imageProperties["hw_firmware_type"] === "uefi"
        ? [
            `${what} boots by UEFI: its NVRAM is in no image, so boot entries made in the guest are lost and it boots from the default path (EFI/BOOT)`,
          ]
        : []),
    ],
    leftOut: ephemeral === 0 ? [] : [`ephemeral disk of ${ephemeral} GB`],
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
