import type { Manifest } from "../../snapset/manifest";
import type { SetImage } from "../../snapset/sets";

/** A manifest of a set of a controller and a master. */
export function manifestOf(snapId: string, changes: Partial<Manifest> = {}): Manifest {
  return {
    schemaVersion: 1,
    snapId,
    environmentName: "lab",
    capturedAt: "2026-11-21T10:00:00.000Z",
    notAfter: "2026-12-20T10:00:00.000Z",
    members: (["controller", "master0"] as const).map((name) => ({
      name,
      role: name === "controller" ? ("controller" as const) : ("ocp_master" as const),
      imageId: `${name}-${snapId}`,
      imageName: `hotstack-${name}-snapshot-${snapId}`,
      serverId: `server-${name}`,
      macAddresses: ["fa:16:9e:81:f6:05"],
      sizeBytes: 1000,
      minDiskGb: 1,
      hashAlgo: "sha512",
      hashValue: `hash-${name}`,
      stop: "stopped" as const,
      excludedVolumes: [],
    })),
    cluster: null,
    phases: [],
    environment: null,
    ...changes,
  };
}

/** An image as Hotstack leaves it: identity in tags only. */
export function hotstackImage(member: string, snapId: string): SetImage {
  const role = member.startsWith("master") ? "ocp_master" : member;
  return {
    id: `${member}-${snapId}`,
    name: `hotstack-${member}-snapshot-${snapId}`,
    status: "active",
    owner: "us",
    created_at: "2026-11-21T10:00:00Z",
    os_hash_value: `hash-${member}`,
    tags: [
      "hotstack",
      "hotstack-snapset",
      `name=${member}`,
      `role=${role}`,
      `snap_id=${snapId}`,
      "mac_address=fa:16:9e:81:f6:05",
    ],
  };
}

/** An image as this tool leaves it: identity in properties too. */
export function snapsetImage(
  member: string,
  snapId: string,
  properties: Record<string, string> = {},
): SetImage {
  return {
    ...hotstackImage(member, snapId),
    snapset_id: snapId,
    snapset_manifest: "",
    ...properties,
  };
}
