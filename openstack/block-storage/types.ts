import { z } from "zod";

export const volumeSchema = z.object({
  id: z.string(),
  /** Empty when Cinder says null. */
  name: z
    .string()
    .nullable()
    .transform((name) => name ?? ""),
  /** available, in-use, creating, error, … */
  status: z.string(),
  /** GiB. */
  size: z.number(),
  /** The text `true` or `false`. */
  bootable: z.string(),
  volume_type: z.string().nullable(),
  snapshot_id: z.string().nullable(),
  attachments: z.array(
    z.object({ server_id: z.string(), volume_id: z.string(), device: z.string().nullable() }),
  ),
  metadata: z.record(z.string(), z.string()),
  /** Whether several servers may hold it at once. */
  multiattach: z.boolean(),
  encrypted: z.boolean(),
  /** Properties of the image that it was made from: shown for bootable volumes. */
  volume_image_metadata: z.record(z.string(), z.string()).optional(),
  created_at: z.string(),
});

export type Volume = z.infer<typeof volumeSchema>;

export const snapshotSchema = z.object({
  id: z.string(),
  /** Empty when Cinder says null. */
  name: z
    .string()
    .nullable()
    .transform((name) => name ?? ""),
  /**
   * `creating` until the back end has it, then `available` or `error`; `deleting`, then gone or
   * `error_deleting`; rarely `backing-up`, `restoring`, `unmanaging` (cinder `objects/fields.py`,
   * SnapshotStatus).
   */
  status: z.string(),
  volume_id: z.string(),
  /** GiB. */
  size: z.number(),
  metadata: z.record(z.string(), z.string()),
  created_at: z.string(),
});

export type Snapshot = z.infer<typeof snapshotSchema>;

/** What createSnapshot makes. */
export interface SnapshotRequest {
  volumeId: string;
  name: string;
  /** @default none */
  metadata?: Readonly<Record<string, string>>;
  /** Also of a volume that is in use. @default false */
  force?: boolean;
}

/** Filters of listVolumes and listSnapshots. */
export interface BlockStorageQuery {
  name?: string;
  status?: string;
  /** Items per page; all pages are read. */
  limit?: number;
}

export const blockStorageLimitsSchema = z.object({
  limits: z.object({
    /** -1 means without limit. */
    absolute: z.object({
      maxTotalVolumes: z.number(),
      maxTotalSnapshots: z.number(),
      maxTotalVolumeGigabytes: z.number(),
      totalVolumesUsed: z.number(),
      totalSnapshotsUsed: z.number(),
      totalGigabytesUsed: z.number(),
    }),
  }),
});

export type BlockStorageLimits = z.infer<typeof blockStorageLimitsSchema>["limits"]["absolute"];

export const volumeTypeSchema = z.object({ id: z.string(), name: z.string() });

export type VolumeType = z.infer<typeof volumeTypeSchema>;

const quotaUsageSchema = z.object({
  /** -1 means without limit. */
  limit: z.number(),
  in_use: z.number(),
  /** Asked for by requests under way. */
  reserved: z.number(),
});

/** How much of a quota is used. */
export type QuotaUsage = z.infer<typeof quotaUsageSchema>;

/** Beside the quotas stands the project's id, under `id`. */
export const quotaSetSchema = z.object({
  quota_set: z
    .record(z.string(), z.union([quotaUsageSchema, z.string()]))
    .transform((set): Readonly<Record<string, QuotaUsage>> => {
      const entries = Object.entries(set);
      return Object.fromEntries(
        entries.filter((entry): entry is [string, QuotaUsage] => typeof entry[1] !== "string"),
      );
    }),
});
