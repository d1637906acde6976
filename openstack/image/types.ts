import { z } from "zod";

/** An image with all its properties, which stand beside its attributes: glance `api/v2/images.py`. */
export const imageSchema = z.looseObject({
  id: z.string(),
  /** Empty when Glance says null: an image may have no name. */
  name: z
    .string()
    .nullable()
    .transform((name) => name ?? ""),
  /** queued, saving, active, deactivated, killed, pending_delete, …: there is no `error`. */
  status: z.string(),
  /** The project that it belongs to. */
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  visibility: z.string(),
  protected: z.boolean(),
  /** Bytes; null until the upload has ended. */
  size: z.number().nullable(),
  /** GiB that a server's root disk must have. */
  min_disk: z.number(),
  min_ram: z.number(),
  checksum: z.string().nullish(),
  os_hash_algo: z.string().nullish(),
  os_hash_value: z.string().nullish(),
  created_at: z.string(),
  updated_at: z.string(),
});

export type Image = z.infer<typeof imageSchema>;

/** Filters of listImages; any further key is the value of a property. */
export interface ImageQuery {
  /** All of them. */
  tags?: readonly string[];
  name?: string;
  status?: string;
  /** A project's id. */
  owner?: string;
  visibility?: "public" | "private" | "shared" | "community" | "all";
  /** Attribute and direction, e.g. `created_at:desc`. */
  sort?: string;
  /** Items per page; all pages are read. */
  limit?: number;
  [property: string]: string | number | readonly string[] | undefined;
}

/** One operation of an image's JSON patch; all of a patch are done, or none. */
export type ImagePatch =
  | { op: "add" | "replace"; path: string; value: string | number | boolean | readonly string[] }
  | { op: "remove"; path: string };

/** What createImage makes. */
export interface ImageRequest {
  name: string;
  /** @default none */
  tags?: readonly string[];
  /** Each value at most 65,535 bytes. @default none */
  properties?: Readonly<Record<string, string>>;
}

export const imageUsageSchema = z.object({
  usage: z.record(z.string(), z.object({ limit: z.number(), usage: z.number() })),
});

/** A quota of Glance: `image_size_total` and `image_stage_total` (both MiB), `image_count_total`, `image_count_uploading`. */
export type ImageUsage = z.infer<typeof imageUsageSchema>["usage"];
