/** Text, numbers, lists and objects as they come in a request. */
export type JsonObject = Record<string, unknown>;

/** Kinds of `snapshot_interface` that the specification begins with. */
export const snapshotInterfaces = ["fake", "no-snapshot", "agent"] as const;

/** One of {@link snapshotInterfaces}. */
export type SnapshotInterfaceName = (typeof snapshotInterfaces)[number];

/** What a client may change of a node, under the names of the API. */
export interface NodeFields {
  name: string | null;
  driver: string;
  driver_info: JsonObject;
  extra: JsonObject;
  instance_info: JsonObject;
  instance_uuid: string | null;
  properties: JsonObject;
  owner: string | null;
  lessee: string | null;
  description: string | null;
  resource_class: string | null;
  maintenance: boolean;
  protected: boolean;
  protected_reason: string | null;
  retired: boolean;
  retired_reason: string | null;
  network_data: JsonObject;
  automated_clean: boolean | null;
  conductor_group: string;
  chassis_uuid: string | null;
  shard: string | null;
  bios_interface: string;
  boot_interface: string;
  console_interface: string;
  deploy_interface: string;
  inspect_interface: string;
  management_interface: string;
  network_interface: string;
  power_interface: string;
  raid_interface: string;
  rescue_interface: string;
  snapshot_interface: string;
  storage_interface: string;
  vendor_interface: string;
}

/** Ironic's power states, null where it never asked. */
export type PowerState = "power on" | "power off" | null;

/** A node as Ironic knows it. The machine itself is a {@link Machine}. */
export interface BareMetalNode {
  readonly uuid: string;
  readonly fields: NodeFields;
  provisionState: string;
  targetProvisionState: string | null;
  provisionUpdatedAt: Date | null;
  powerState: PowerState;
  targetPowerState: string | null;
  lastError: string | null;
  maintenanceReason: string | null;
  /** The conductor that works on it; null while none does. */
  reservation: string | null;
  driverInternalInfo: JsonObject;
  readonly createdAt: Date;
  updatedAt: Date | null;
}

/** A network card of a node. Its MAC is the hardware's. */
export interface BareMetalPort {
  readonly uuid: string;
  readonly nodeUuid: string;
  address: string;
  physicalNetwork: string | null;
  isPxeEnabled: boolean;
  internalInfo: JsonObject;
  extra: JsonObject;
  readonly createdAt: Date;
  updatedAt: Date | null;
}

/** What a disk says of itself; hints are compared with it. */
export interface DiskOptions {
  /** @default /dev/sda, /dev/sdb … in their order */
  name?: string;
  sizeGib: number;
  model?: string;
  vendor?: string;
  serial?: string;
  wwn?: string;
  rotational?: boolean;
}

/** A machine that a world begins with, enrolled in Ironic. */
export interface BareMetalNodeOptions {
  name: string;
  /** @default one, made up */
  macs?: readonly string[];
  /** @default one of 8 GiB */
  disks?: readonly DiskOptions[];
  /** `properties.root_device`. @default none: the first device not less than 4 GiB */
  rootDevice?: JsonObject;
  /** @default agent */
  snapshotInterface?: SnapshotInterfaceName;
  /** Name of the project whose node it is. @default demo */
  owner?: string;
  /** Name of the image that it is active with, and runs. @default none: it is available */
  image?: string;
}

/** What a world has of bare metal. */
export interface BareMetalOptions {
  /** Whether this Ironic offers what the specification adds; without, it is as released ones are. @default true */
  snapshots?: boolean;
  /** How long a conductor waits for a ramdisk, in modelled milliseconds. @default 1,800,000, as Ironic does */
  callbackTimeoutMs?: number;
  /** How much the intermediate storage holds, in bytes. @default no limit */
  storeBytes?: number;
  /** @default none */
  nodes?: readonly BareMetalNodeOptions[];
}
