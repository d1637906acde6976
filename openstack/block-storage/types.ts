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
  /** available, creating, deleting, error, … */
  status: z.string(),
  volume_id: z.string(),
  /** GiB. */
  size: z.number(),
  metadata: z.record(z.string(), z.string()),
  created_at: z.string(),
});

export type Snapshot = z.infer<typeof snapshotSchema>;

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
