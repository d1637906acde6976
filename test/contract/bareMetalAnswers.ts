/** An id that nothing has. */
export const unknownId = "66498c26-a9b5-496c-97a8-5bc08f256155";

/** All fields of a node at 1.82, in their order. */
export const nodeFields = [
  ...["uuid", "created_at", "updated_at", "automated_clean", "bios_interface", "boot_interface"],
  ...["boot_mode", "clean_step", "conductor_group", "console_enabled", "console_interface"],
  ...["deploy_interface", "deploy_step", "description", "driver", "driver_info"],
  ...["driver_internal_info", "extra", "fault", "inspection_finished_at"],
  ...["inspection_started_at", "inspect_interface", "instance_info", "instance_uuid"],
  ...["last_error", "lessee", "maintenance", "maintenance_reason", "management_interface", "name"],
  ...["network_data", "network_interface", "owner", "power_interface", "power_state"],
  ...["properties", "protected", "protected_reason", "provision_state", "provision_updated_at"],
  ...["raid_config", "raid_interface", "rescue_interface", "reservation", "resource_class"],
  ...["retired", "retired_reason", "secure_boot", "shard", "storage_interface"],
  ...["target_power_state", "target_provision_state", "target_raid_config", "traits"],
  ...["vendor_interface", "links", "conductor", "allocation_uuid", "chassis_uuid", "ports"],
  ...["states", "portgroups", "volume"],
];

/** Those of a node at 1.1. */
export const oldestFields = [
  ...["uuid", "created_at", "updated_at", "console_enabled", "driver", "driver_info", "extra"],
  ...["instance_info", "instance_uuid", "last_error", "maintenance", "maintenance_reason"],
  ...["power_state", "properties", "provision_state", "provision_updated_at", "reservation"],
  ...["target_power_state", "target_provision_state", "links", "chassis_uuid", "ports"],
];

const notPatchable =
  "Cannot patch /provision_state. Only the following can be updated: automated_clean, bios_interface, boot_interface, chassis_uuid, conductor_group, console_interface, deploy_interface, description, driver, driver_info, extra, inspect_interface, instance_info, instance_uuid, lessee, maintenance, management_interface, name, network_data, network_interface, owner, power_interface, properties, protected, protected_reason, raid_interface, rescue_interface, resource_class, retired, retired_reason, shard, storage_interface, vendor_interface";

/**
 * What Ironic refuses: method, path, body, status and what it says. NODE is the node's path, UUID and
 * NAME are its own.
 */
export const refusals = [
  ["GET", "/v1/nodes/nope", undefined, 404, "Node nope could not be found."],
  ["GET", "/v1/nope", undefined, 404, ""],
  [
    "GET",
    "/v1/drivers/nope",
    undefined,
    404,
    "Could not find the following driver(s) or hardware type(s): nope.",
  ],
  ["GET", "NODE?fields=bogus", undefined, 400, "Field bogus is not a valid field."],
  ["GET", "/v1/nodes?provision_state=no", undefined, 400, 'Provision state "no" is not valid'],
  ["GET", "/v1/nodes?limit=-1", undefined, 400, "Limit must be positive"],
  ["GET", "/v1/nodes?limit=x", undefined, 400, "Expected an integer for limit: x"],
  ["GET", "/v1/nodes?bogus=1", undefined, 400, "Unexpected arguments: bogus"],
  ["GET", `/v1/nodes?marker=${unknownId}`, undefined, 404, `Node ${unknownId} could not be found.`],
  [
    "GET",
    "/v1/nodes?detail=true&fields=uuid",
    undefined,
    400,
    "Can not specify ?detail=True and fields in the same request.",
  ],
  ["POST", "/v1/nodes", {}, 400, "Schema error for node: 'driver' is a required property"],
  [
    "POST",
    "/v1/nodes",
    { driver: "no" },
    400,
    'No valid host was found. Reason: No conductor service registered which supports driver no for conductor group "".',
  ],
  ["PUT", "NODE/states/provision", {}, 400, "Missing mandatory parameter: target"],
  ["PUT", "NODE/states/provision", { target: 1 }, 400, "Expected string for target: 1"],
  [
    "PUT",
    "NODE/states/provision",
    { target: "active" },
    400,
    'The requested action "active" can not be performed on node "UUID" while it is in state "enroll".',
  ],
  [
    "PUT",
    "NODE/states/provision",
    { target: "bogus" },
    400,
    'The requested action "bogus" can not be performed on node "UUID" while it is in state "enroll".',
  ],
  [
    "PUT",
    "NODE/states/power",
    { target: "bogus" },
    400,
    'The requested action "bogus" can not be performed on node "NAME" while it is in state "None".',
  ],
  ["PATCH", "NODE", { a: 1 }, 400, "Schema error for patch: {'a': 1} is not of type 'array'"],
  [
    "PATCH",
    "NODE",
    [{ op: "no", path: "/extra/a", value: 3 }],
    400,
    "Schema error for patch: 'no' is not one of ['add', 'replace', 'remove']",
  ],
  [
    "PATCH",
    "NODE",
    [{ op: "add", path: "/extra", value: 3 }],
    400,
    "Schema error for patch: 3 is not of type 'object', 'null'",
  ],
  [
    "PATCH",
    "NODE",
    [{ op: "add", path: "/extra/a/b", value: 3 }],
    400,
    "Couldn't apply patch '{'op': 'add', 'path': '/extra/a/b', 'value': 3}'. Reason: member 'a' not found in {}",
  ],
  [
    "PATCH",
    "NODE",
    [{ op: "remove", path: "/extra/a" }],
    400,
    "Couldn't apply patch '{'op': 'remove', 'path': '/extra/a'}'. Reason: can't remove a non-existent object 'a'",
  ],
  ["PATCH", "NODE", [{ op: "replace", path: "/provision_state", value: "x" }], 400, notPatchable],
] as const;
