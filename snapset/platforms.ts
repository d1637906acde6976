/**
 * What a member of a set runs on: a server of Nova, a bare-metal node of Ironic, or a virtual machine
 * of KubeVirt.
 */
export const platformNames = ["nova", "ironic", "kubevirt"] as const;
export type PlatformName = (typeof platformNames)[number];

/** What something runs on; where nothing is said, it is a server. */
export function platformOf({ platform }: { platform?: PlatformName | undefined }): PlatformName {
  return platform ?? "nova";
}
