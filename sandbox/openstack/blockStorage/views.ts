import type { Volume, VolumeSnapshot } from "../../world/blockStorage/records";

/** Cinder's time stamps: microseconds, no zone. */
const stamp = (date: Date | null) =>
  date === null ? null : `${date.toISOString().slice(0, 19)}.000000`;

function links(origin: string, projectId: string, id: string) {
  return [
    { rel: "self", href: `${origin}/volume/v3/${projectId}/volumes/${id}` },
    { rel: "bookmark", href: `${origin}/volume/${projectId}/volumes/${id}` },
  ];
}

/** A volume in a short list. */
export function volumeSummary(origin: string, volume: Volume) {
  return { id: volume.id, name: volume.name, links: links(origin, volume.projectId, volume.id) };
}

/** A volume in full. */
export function volumeView(origin: string, volume: Volume) {
  return {
    id: volume.id,
    status: volume.status,
    size: volume.size,
    availability_zone: "nova",
    created_at: stamp(volume.createdAt),
    updated_at: stamp(volume.updatedAt),
    name: volume.name,
    description: volume.description,
    volume_type: volume.type,
    snapshot_id: volume.snapshotId,
    source_volid: volume.sourceVolumeId,
    metadata: volume.metadata,
    links: links(origin, volume.projectId, volume.id),
    user_id: volume.userId,
    bootable: String(volume.isBootable),
    encrypted: false,
    replication_status: null,
    consistencygroup_id: null,
    multiattach: false,
    attachments: volume.attachments.map((attachment) => ({
      id: volume.id,
      attachment_id: attachment.attachmentId,
      volume_id: volume.id,
      server_id: attachment.serverId,
      host_name: null,
      device: attachment.device,
      attached_at: stamp(attachment.attachedAt),
    })),
    "os-vol-tenant-attr:tenant_id": volume.projectId,
    ...(volume.imageId === null
      ? {}
      : { volume_image_metadata: { ...volume.imageProperties, image_id: volume.imageId } }),
  };
}

/** A snapshot in a short list, and as the answers to changes show it. */
export function snapshotSummary(snapshot: VolumeSnapshot) {
  return {
    id: snapshot.id,
    created_at: stamp(snapshot.createdAt),
    updated_at: stamp(snapshot.updatedAt),
    name: snapshot.name,
    description: snapshot.description,
    volume_id: snapshot.volumeId,
    status: snapshot.status,
    size: snapshot.size,
    metadata: snapshot.metadata,
  };
}

/** A snapshot in full. */
export function snapshotView(snapshot: VolumeSnapshot) {
  return {
    ...snapshotSummary(snapshot),
    "os-extended-snapshot-attributes:project_id": snapshot.projectId,
    "os-extended-snapshot-attributes:progress": snapshot.status === "creating" ? "0%" : "100%",
  };
}
