import { z } from "zod";

/** Nova's own words: nova `api/openstack/compute/views/servers.py`. */
export const serverSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** ACTIVE, SHUTOFF, BUILD, ERROR, … */
  status: z.string(),
  tenant_id: z.string(),
  user_id: z.string().optional(),
  /** Differs between hosts, the same for servers of a project on one host. */
  hostId: z.string(),
  /** Empty text for a server that boots from a volume. */
  image: z.union([z.object({ id: z.string() }), z.literal("")]),
  flavor: z.object({ id: z.string() }),
  /** By network name. */
  addresses: z.record(
    z.string(),
    z.array(
      z.object({
        addr: z.string(),
        version: z.number(),
        "OS-EXT-IPS-MAC:mac_addr": z.string(),
        "OS-EXT-IPS:type": z.string(),
      }),
    ),
  ),
  metadata: z.record(z.string(), z.string()),
  /** Whether members of the project are kept from changing it; from 2.9 on. */
  locked: z.boolean().optional(),
  created: z.string(),
  updated: z.string(),
  config_drive: z.string(),
  key_name: z.string().nullish(),
  /** What is being done with the server; null when nothing is. */
  "OS-EXT-STS:task_state": z.string().nullable(),
  /** 1 running, 4 shut down: nova `objects/fields.py`, InstancePowerState. */
  "OS-EXT-STS:power_state": z.number(),
  "OS-EXT-STS:vm_state": z.string(),
  "OS-EXT-AZ:availability_zone": z.string().nullish(),
  /** Shown to administrators. */
  "OS-EXT-SRV-ATTR:host": z.string().nullish(),
  /** Base64; shown to administrators. */
  "OS-EXT-SRV-ATTR:user_data": z.string().nullish(),
  "OS-SRV-USG:launched_at": z.string().nullable(),
  "OS-SRV-USG:terminated_at": z.string().nullish(),
  "os-extended-volumes:volumes_attached": z.array(
    z.object({ id: z.string(), delete_on_termination: z.boolean().optional() }),
  ),
  security_groups: z.array(z.object({ name: z.string() })).optional(),
  /** Why it is in ERROR. */
  fault: z.object({ code: z.number(), message: z.string(), created: z.string() }).optional(),
});

export type Server = z.infer<typeof serverSchema>;

/** Filters of listServers; Nova takes `name` and the addresses as regular expressions. */
export interface ServerQuery {
  name?: string;
  status?: string;
  /** An image's id. */
  image?: string;
  flavor?: string;
  /** Items per page; all pages are read. */
  limit?: number;
}

export const flavorSchema = z.object({
  id: z.string(),
  name: z.string(),
  vcpus: z.number(),
  /** MiB. */
  ram: z.number(),
  /** GiB of the root disk; 0: as large as the image. */
  disk: z.number(),
  /** MiB. Nova writes none as empty text (nova `views/flavors.py`). */
  swap: z.union([z.number(), z.literal("").transform(() => 0)]),
  /** GiB. */
  "OS-FLV-EXT-DATA:ephemeral": z.number(),
  "os-flavor-access:is_public": z.boolean(),
});

export type Flavor = z.infer<typeof flavorSchema>;

export const serverGroupSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** One of them; from 2.64 on it is called `policy`. */
  policies: z.array(z.string()),
  /** Ids of servers. */
  members: z.array(z.string()),
});

/** Servers that are kept on different hosts, or together on one. */
export type ServerGroup = z.infer<typeof serverGroupSchema>;

export const interfaceSchema = z.object({
  port_id: z.string(),
  net_id: z.string(),
  mac_addr: z.string(),
  port_state: z.string(),
  fixed_ips: z.array(z.object({ subnet_id: z.string(), ip_address: z.string() })),
});

/** A port that a server is attached to. */
export type ServerInterface = z.infer<typeof interfaceSchema>;

export const volumeAttachmentSchema = z.object({
  id: z.string(),
  volumeId: z.string(),
  serverId: z.string(),
  /** As the hypervisor was asked; the guest may call it otherwise. */
  device: z.string().nullable(),
});

export type VolumeAttachment = z.infer<typeof volumeAttachmentSchema>;

export const instanceActionSchema = z.object({
  /** create, start, stop, createImage, attach_volume, …: nova `compute/instance_actions.py`. */
  action: z.string(),
  /** UTC without a zone, in whole microseconds or seconds: nova `db/main/models.py`. */
  start_time: z.string(),
  request_id: z.string(),
  /** Who asked for it; null when it was Nova itself. */
  user_id: z.string().nullable(),
  /** `Error` when it failed. */
  message: z.string().nullable(),
});

/** Something that was done with a server. */
export type InstanceAction = z.infer<typeof instanceActionSchema>;

export const keyPairSchema = z.object({ keypair: z.object({ name: z.string() }) });

export const availabilityZonesSchema = z.object({
  availabilityZoneInfo: z.array(
    z.object({ zoneName: z.string(), zoneState: z.object({ available: z.boolean() }) }),
  ),
});

export const computeLimitsSchema = z.object({
  limits: z.object({
    /** -1 means without limit. */
    absolute: z.object({
      maxTotalInstances: z.number(),
      maxTotalCores: z.number(),
      maxTotalRAMSize: z.number(),
      totalInstancesUsed: z.number(),
      totalCoresUsed: z.number(),
      totalRAMUsed: z.number(),
      maxServerMeta: z.number().optional(),
    }),
  }),
});

export type ComputeLimits = z.infer<typeof computeLimitsSchema>["limits"]["absolute"];
