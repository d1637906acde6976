import type { FlavorView } from "../../snapset/flavors";
import type { Manifest, ManifestVolume } from "../../snapset/manifest";
import type { SetImage, SetMember, SetSnapshot, SnapsetRecord } from "../../snapset/sets";
import type { WantedNode } from "../../snapset/environment/wantedNode";

/** A manifest of a set of a controller and a master. */
export function manifestOf(snapId: string, changes: Partial<Manifest> = {}): Manifest {
  return {
    schemaVersion: 3,
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
      flavor: { name: "small", vcpus: 1, ramMb: 1024, diskGb: 10 },
      stop: "graceful" as const,
      stopSeconds: 12,
      indications: [],
      volumes: [],
      platform: "nova" as const,
      virtualMachine: null,
      bareMetal: null,
    })),
    consistency: "shutdown" as const,
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
    size: 1000,
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

/** A data volume of 20 GiB, in the set. */
export function volumeOf(name: string, changes: Partial<ManifestVolume> = {}): ManifestVolume {
  return {
    name,
    volumeId: `volume-${name}`,
    device: "/dev/vdb",
    sizeGb: 20,
    type: null,
    isRoot: false,
    policy: "include",
    snapshotId: `snapshot-${name}`,
    ...changes,
  };
}

/** The snapshot of a volume as Cinder shows it when all is well. */
export function snapshotOf({ name, volumeId, sizeGb }: ManifestVolume): SetSnapshot {
  return { id: `snapshot-${name}`, status: "available", volume_id: volumeId, size: sizeGb };
}

/** The manifest with those volumes on its master. */
export function withVolumes(manifest: Manifest, volumes: ManifestVolume[]): Manifest {
  const members = manifest.members.map((member) =>
    member.name === "master0" ? { ...member, volumes } : member,
  );
  return { ...manifest, members };
}

/** The set of a manifest, complete. */
export function recordOf(manifest: Manifest, changes: Partial<SnapsetRecord> = {}): SnapsetRecord {
  return {
    snapId: manifest.snapId,
    owner: "us",
    createdAt: new Date("2026-11-20T00:00:00Z"),
    madeBy: "snapset",
    members: manifest.members.map(({ name, role, imageId }): SetMember => ({
      name,
      role,
      imageId,
      status: "active",
      macAddress: "fa:16:9e:81:f6:05",
    })),
    manifest,
    defects: [],
    ...changes,
  };
}

/** A node that boots from an image, without volumes. */
export function wantedNode(name: string, changes: Partial<WantedNode> = {}): WantedNode {
  const role = name.startsWith("master") ? "ocp_master" : name;
  return { name, role, flavor: "small", bootsFromVolume: false, volumes: [], ...changes };
}

/** A flavor with a root disk of that many GiB. */
export function flavorOf(
  name: string,
  disk: number,
  changes: Partial<FlavorView> = {},
): FlavorView {
  const none = { swap: 0, "OS-FLV-EXT-DATA:ephemeral": 0 };
  return { name, vcpus: 1, ram: 1024, disk, ...none, ...changes };
}
