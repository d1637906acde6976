import { z } from "zod";

/** Ironic's own description: which microversions it speaks. */
export const bareMetalVersionSchema = z.object({
  version: z.object({ min_version: z.string(), version: z.string() }),
});

/** The microversions that an Ironic speaks. */
export interface BareMetalVersions {
  min: string;
  max: string;
}

/** A node with all its fields that matter here; names and values are Ironic's. */
export const bareMetalNodeSchema = z.object({
  uuid: z.string(),
  /** Empty when it has none. */
  name: z
    .string()
    .nullable()
    .transform((name) => name ?? ""),
  driver: z.string(),
  /** `available`, `active`, `snapshot wait`, … (ironic `common/states.py`); null before Liberty's `available`. */
  provision_state: z.string().nullable(),
  /** Where it is going; null when nothing is under way. */
  target_provision_state: z.string().nullable(),
  /** `power on`, `power off`, `rebooting`, `error`; null when it was never asked. */
  power_state: z.string().nullable(),
  target_power_state: z.string().nullable(),
  /** What went wrong last, in words; cleared by the next action. */
  last_error: z.string().nullable(),
  maintenance: z.boolean(),
  maintenance_reason: z.string().nullable(),
  /** The conductor that works on it; null when nobody does. */
  reservation: z.string().nullable(),
  /** Whether it must be neither rebuilt nor undeployed. */
  protected: z.boolean(),
  /** The project that it belongs to; null for nobody's. */
  owner: z.string().nullable(),
  /** The project that may use it beside its owner. */
  lessee: z.string().nullable(),
  /** The Nova server on it; null when nobody has deployed it, or somebody without Nova. */
  instance_uuid: z.string().nullable(),
  instance_info: z.record(z.string(), z.unknown()),
  driver_internal_info: z.record(z.string(), z.unknown()),
  extra: z.record(z.string(), z.unknown()),
  properties: z.record(z.string(), z.unknown()),
  /** Which implementation makes snapshots of it; shown only where snapshots are offered. */
  snapshot_interface: z.string().nullish(),
  provision_updated_at: z.string().nullable(),
});

export type BareMetalNode = z.infer<typeof bareMetalNodeSchema>;

/** A network card of a node, as Ironic knows it. */
export const bareMetalPortSchema = z.object({
  uuid: z.string(),
  /** Its MAC: the hardware's own. */
  address: z.string(),
  node_uuid: z.string(),
});

export type BareMetalPort = z.infer<typeof bareMetalPortSchema>;

/** What a node is doing right now: less than the node itself, and cheaper. */
export const bareMetalStatesSchema = bareMetalNodeSchema.pick({
  provision_state: true,
  target_provision_state: true,
  power_state: true,
  target_power_state: true,
  last_error: true,
});

export type BareMetalStates = z.infer<typeof bareMetalStatesSchema>;

/** Filters of listNodes. */
export interface BareMetalNodeQuery {
  provision_state?: string;
  /** The id of the Nova server on it. */
  instance_uuid?: string;
  maintenance?: boolean;
  /** Items per page; all pages are read. */
  limit?: number;
}

/** Filters of listPorts. */
export interface BareMetalPortQuery {
  /** A MAC. */
  address?: string;
  node_uuid?: string;
  limit?: number;
}

/** What setProvisionState asks for: Ironic's verbs, as far as they are used here. */
export type ProvisionRequest =
  | { target: "active" | "rebuild"; configdrive?: string }
  /** Undeploys: what is on the node's disk is given up. */
  | { target: "deleted" }
  | { target: "abort" }
  /** @see {@link snapshotMicroversion} */
  | { target: "snapshot"; image_ref: string };

/** What setPowerState asks for. */
export interface PowerRequest {
  target: "power on" | "power off" | "soft power off" | "rebooting";
  /** Seconds that the conductor gives the hardware. @default the conductor's own */
  timeout?: number;
}

/** One operation of a node's JSON patch; all of a patch are done, or none. */
export type BareMetalPatch =
  { op: "add" | "replace"; path: string; value: unknown } | { op: "remove"; path: string };
