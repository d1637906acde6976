import type { DiskContent } from "../guest";

/** Where a volume is attached. */
export interface VolumeAttachment {
  attachmentId: string;
  serverId: string;
  device: string;
  attachedAt: Date;
}

/** A Cinder volume and what is on it. */
export interface Volume {
  readonly id: string;
  name: string | null;
  description: string | null;
  status: "creating" | "available" | "reserved" | "in-use" | "detaching" | "deleting" | "error";
  /** GiB. */
  size: number;
  readonly type: string;
  isBootable: boolean;
  metadata: Record<string, string>;
  readonly imageId: string | null;
  /** Of the image that it was made from, kept from volume to snapshot to volume. */
  readonly imageProperties: Readonly<Record<string, string>>;
  readonly snapshotId: string | null;
  readonly sourceVolumeId: string | null;
  readonly projectId: string;
  readonly userId: string;
  attachments: VolumeAttachment[];
  readonly createdAt: Date;
  updatedAt: Date | null;
  /** A guest that boots from the volume has this very object as its disk. */
  content: DiskContent;
}

/** A copy of a volume at one moment. */
export interface VolumeSnapshot {
  readonly id: string;
  name: string | null;
  description: string | null;
  readonly volumeId: string;
  /** The volume's, which the quotas of a type go by. */
  readonly type: string;
  status: "creating" | "available" | "error" | "deleting" | "error_deleting";
  /** GiB. */
  readonly size: number;
  metadata: Record<string, string>;
  readonly projectId: string;
  readonly createdAt: Date;
  updatedAt: Date | null;
  readonly content: DiskContent;
}

/** What a request may say about a new volume. */
export interface VolumeOptions {
  /** GiB. */
  size?: number | undefined;
  name?: string | null | undefined;
  description?: string | null | undefined;
  type?: string | undefined;
  imageId?: string | undefined;
  snapshotId?: string | undefined;
  sourceVolumeId?: string | undefined;
  metadata?: Record<string, string> | undefined;
}

/** What a request may say about a new snapshot. */
export interface SnapshotOptions {
  name?: string | null | undefined;
  description?: string | null | undefined;
  metadata?: Record<string, string> | undefined;
  /** Also of a volume that is in use. @default false */
  force?: boolean | undefined;
}

/** Volume types, the first being the default; ids are made with the world. */
export interface VolumeType {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}
