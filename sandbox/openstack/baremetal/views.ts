import { conductorHost } from "../../world/baremetal/Tasks";
import type { BareMetalNode, BareMetalPort, JsonObject } from "../../world/baremetal/records";
import { snapshotMinor } from "./version";

/** Minor version → the fields of a node that came with it (api/controllers/v1/utils.py, VERSIONED_FIELDS). */
const added: readonly (readonly [number, readonly string[]])[] = [
  [3, ["driver_internal_info"]],
  [5, ["name"]],
  [6, ["inspection_finished_at", "inspection_started_at"]],
  [7, ["clean_step"]],
  [12, ["raid_config", "target_raid_config"]],
  [14, ["states"]],
  [20, ["network_interface"]],
  [21, ["resource_class"]],
  [24, ["portgroups"]],
  [31, ["boot_interface", "console_interface", "deploy_interface", "inspect_interface"]],
  [31, ["management_interface", "power_interface", "raid_interface", "vendor_interface"]],
  [32, ["volume"]],
  [33, ["storage_interface"]],
  [37, ["traits"]],
  [38, ["rescue_interface"]],
  [40, ["bios_interface"]],
  [42, ["fault"]],
  [44, ["deploy_step"]],
  [46, ["conductor_group"]],
  [47, ["automated_clean"]],
  [48, ["protected", "protected_reason"]],
  [49, ["conductor"]],
  [50, ["owner"]],
  [51, ["description"]],
  [52, ["allocation_uuid"]],
  [61, ["retired", "retired_reason"]],
  [65, ["lessee"]],
  [66, ["network_data"]],
  [75, ["boot_mode", "secure_boot"]],
  [82, ["shard"]],
  [snapshotMinor, ["snapshot_interface"]],
];

const since: Readonly<Record<string, number>> = Object.fromEntries(
  added.flatMap(([minor, fields]) => fields.map((field) => [field, minor])),
);

/** The fields of a list that was not asked for more. */
export const listFields = [
  "instance_uuid",
  "maintenance",
  "power_state",
  "provision_state",
  "uuid",
  "name",
];

/** Links to a thing, with and without the API's version. */
export function linksTo(origin: string, path: string) {
  return [
    { href: `${origin}/baremetal/v1/${path}`, rel: "self" },
    { href: `${origin}/baremetal/${path}`, rel: "bookmark" },
  ];
}

/** Time stamps: whole seconds, with an offset. */
const stamp = (date: Date | null) =>
  date === null ? null : `${date.toISOString().slice(0, 19)}+00:00`;

/** A node as Ironic shows it to who asks in a version. */
export function nodeView(node: BareMetalNode, origin: string, minor: number): JsonObject {
  const { fields, uuid } = node;
  const link = (rest = "") => linksTo(origin, `nodes/${uuid}${rest}`);
  const all: JsonObject = {
    uuid,
    created_at: stamp(node.createdAt),
    updated_at: stamp(node.updatedAt),
    automated_clean: fields.automated_clean,
    bios_interface: fields.bios_interface,
    boot_interface: fields.boot_interface,
    boot_mode: null,
    clean_step: {},
    conductor_group: fields.conductor_group,
    console_enabled: false,
    console_interface: fields.console_interface,
    deploy_interface: fields.deploy_interface,
    deploy_step: {},
    description: fields.description,
    driver: fields.driver,
    driver_info: masked(fields.driver_info),
    driver_internal_info: node.driverInternalInfo,
    extra: fields.extra,
    fault: null,
    inspection_finished_at: null,
    inspection_started_at: null,
    inspect_interface: fields.inspect_interface,
    instance_info: masked(fields.instance_info),
    instance_uuid: fields.instance_uuid,
    last_error: node.lastError,
    lessee: fields.lessee,
    maintenance: fields.maintenance,
    maintenance_reason: node.maintenanceReason,
    management_interface: fields.management_interface,
    name: fields.name,
    network_data: fields.network_data,
    network_interface: fields.network_interface,
    owner: fields.owner,
    power_interface: fields.power_interface,
    power_state: node.powerState,
    properties: fields.properties,
    protected: fields.protected,
    protected_reason: fields.protected_reason,
    provision_state: stateIn(minor, node.provisionState),
    provision_updated_at: stamp(node.provisionUpdatedAt),
    raid_config: {},
    raid_interface: fields.raid_interface,
    rescue_interface: fields.rescue_interface,
    reservation: node.reservation,
    resource_class: fields.resource_class,
    retired: fields.retired,
    retired_reason: fields.retired_reason,
    secure_boot: null,
    shard: fields.shard,
    snapshot_interface: fields.snapshot_interface,
    storage_interface: fields.storage_interface,
    target_power_state: node.targetPowerState,
    target_provision_state: node.targetProvisionState,
    target_raid_config: {},
    traits: [],
    vendor_interface: fields.vendor_interface,
    links: link(),
    conductor: conductorHost,
    allocation_uuid: null,
    chassis_uuid: fields.chassis_uuid,
    ports: link("/ports"),
    states: link("/states"),
    portgroups: link("/portgroups"),
    volume: link("/volume"),
  };
  return pick(all, (field) => isShown(field, minor));
}

/** Whether a version has a node's field at all. */
export const isShown = (field: string, minor: number): boolean => minor >= (since[field] ?? 0);

/** The fields wanted, and the links. */
export function only(view: JsonObject, fields: readonly string[]): JsonObject {
  return pick(view, (field) => field === "links" || fields.includes(field));
}

/** A node's states. */
export function statesView(node: BareMetalNode, minor: number): JsonObject {
  const all = {
    console_enabled: false,
    last_error: node.lastError,
    power_state: node.powerState,
    provision_state: stateIn(minor, node.provisionState),
    target_power_state: node.targetPowerState,
    target_provision_state: node.targetProvisionState,
    provision_updated_at: stamp(node.provisionUpdatedAt),
    raid_config: {},
    target_raid_config: {},
    boot_mode: null,
    secure_boot: null,
  };
  return pick(all, (field) => isShown(field, minor));
}

/** A port with all its fields. */
export function portView(port: BareMetalPort, origin: string): JsonObject {
  return {
    uuid: port.uuid,
    created_at: stamp(port.createdAt),
    updated_at: stamp(port.updatedAt),
    address: port.address,
    extra: port.extra,
    internal_info: port.internalInfo,
    is_smartnic: false,
    local_link_connection: {},
    physical_network: port.physicalNetwork,
    pxe_enabled: port.isPxeEnabled,
    node_uuid: port.nodeUuid,
    links: linksTo(origin, `ports/${port.uuid}`),
    portgroup_uuid: null,
  };
}

// Up to 1.1 a node that is available has no state.
const stateIn = (minor: number, state: string) =>
  state === "available" && minor < 2 ? null : state;

function masked(info: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(info).map(([key, value]) => [
      key,
      /password|secret|token|configdrive/i.test(key) ? "******" : value,
    ]),
  );
}

function pick(view: JsonObject, isWanted: (field: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(view).filter(([field]) => isWanted(field)));
}
