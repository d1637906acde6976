import { parseAddress } from "../../world/ipam";
import { Refusal } from "../../world/refusal";

/** What kind of value an attribute takes. */
type Kind = "string" | "nullable" | "boolean" | "number" | "list" | "object" | "mac" | "address";

interface Attribute {
  kind: Kind;
  isRequired?: boolean;
  /** Accepted when creating, refused when updating. */
  isFixed?: boolean;
}

const common: Record<string, Attribute> = {
  name: { kind: "string" },
  description: { kind: "string" },
  tenant_id: { kind: "string", isFixed: true },
  project_id: { kind: "string", isFixed: true },
};

/** What each Neutron resource may be given, by the resource's name in a request body. */
export const attributes: Record<string, Record<string, Attribute>> = {
  network: {
    ...common,
    admin_state_up: { kind: "boolean" },
    mtu: { kind: "number" },
    shared: { kind: "boolean" },
    port_security_enabled: { kind: "boolean" },
    "router:external": { kind: "boolean" },
    availability_zone_hints: { kind: "list", isFixed: true },
  },
  subnet: {
    ...common,
    network_id: { kind: "string", isRequired: true, isFixed: true },
    ip_version: { kind: "number", isRequired: true, isFixed: true },
    cidr: { kind: "nullable", isFixed: true },
    subnetpool_id: { kind: "nullable", isFixed: true },
    prefixlen: { kind: "number", isFixed: true },
    ipv6_ra_mode: { kind: "nullable", isFixed: true },
    ipv6_address_mode: { kind: "nullable", isFixed: true },
    gateway_ip: { kind: "address" },
    enable_dhcp: { kind: "boolean" },
    allocation_pools: { kind: "list" },
    host_routes: { kind: "list" },
    dns_nameservers: { kind: "list" },
    service_types: { kind: "list" },
  },
  port: {
    ...common,
    network_id: { kind: "string", isRequired: true, isFixed: true },
    mac_address: { kind: "mac" },
    admin_state_up: { kind: "boolean" },
    device_id: { kind: "string" },
    device_owner: { kind: "string" },
    fixed_ips: { kind: "list" },
    allowed_address_pairs: { kind: "list" },
    extra_dhcp_opts: { kind: "list" },
    security_groups: { kind: "list" },
    port_security_enabled: { kind: "boolean" },
    "binding:vnic_type": { kind: "string" },
    "binding:profile": { kind: "object" },
    "binding:host_id": { kind: "nullable" },
  },
  router: {
    ...common,
    admin_state_up: { kind: "boolean" },
    external_gateway_info: { kind: "object" },
    availability_zone_hints: { kind: "list", isFixed: true },
    routes: { kind: "list" },
    flavor_id: { kind: "nullable", isFixed: true },
    distributed: { kind: "boolean" },
  },
  trunk: {
    ...common,
    admin_state_up: { kind: "boolean" },
    port_id: { kind: "string", isRequired: true, isFixed: true },
    sub_ports: { kind: "list", isFixed: true },
  },
  floatingip: {
    ...common,
    floating_network_id: { kind: "string", isRequired: true, isFixed: true },
    floating_ip_address: { kind: "address", isFixed: true },
    subnet_id: { kind: "nullable", isFixed: true },
    port_id: { kind: "nullable" },
    fixed_ip_address: { kind: "nullable" },
  },
  security_group: { ...common, stateful: { kind: "boolean" } },
  security_group_rule: {
    ...common,
    security_group_id: { kind: "string", isRequired: true, isFixed: true },
    direction: { kind: "string", isRequired: true, isFixed: true },
    ethertype: { kind: "string", isFixed: true },
    protocol: { kind: "nullable", isFixed: true },
    port_range_min: { kind: "nullable", isFixed: true },
    port_range_max: { kind: "nullable", isFixed: true },
    remote_ip_prefix: { kind: "nullable", isFixed: true },
    remote_group_id: { kind: "nullable", isFixed: true },
    remote_address_group_id: { kind: "nullable", isFixed: true },
  },
};

const bad = (message: string) => new Refusal(400, message, "HTTPBadRequest");

/**
 * The attributes of a request's body, checked as Neutron's API layer does.
 *
 * @throws {Refusal} 400 naming what is missing, unknown or of a wrong kind
 */
export function readAttributes(
  resource: string,
  body: unknown,
  isUpdate: boolean,
): Record<string, unknown> {
  const outer = typeof body === "object" && body !== null ? body : {};
  const inner: unknown = (outer as Record<string, unknown>)[resource];
  if (typeof inner !== "object" || inner === null) {
    throw bad(`Unable to find '${resource}' in request body`);
  }
  const given = inner as Record<string, unknown>;
  const known = attributes[resource] ?? {};
  const unknown = Object.keys(given).filter((key) => !(key in known));
  if (unknown.length > 0) {
    throw bad(`Unrecognized attribute(s) '${unknown.join("', '")}'`);
  }
  for (const [key, attribute] of Object.entries(known)) {
    if (key in given) {
      if (isUpdate && attribute.isFixed) throw bad(`Cannot update read-only attribute ${key}`);
      checkKind(key, given[key], attribute.kind);
    } else if (attribute.isRequired && !isUpdate) {
      throw bad(`Failed to parse request. Required attribute '${key}' not specified`);
    }
  }
  return given;
}

function checkKind(key: string, value: unknown, kind: Kind): void {
  const reason = complaint(value, kind);
  if (reason !== undefined) throw bad(`Invalid input for ${key}. Reason: ${reason}.`);
}

function complaint(value: unknown, kind: Kind): string | undefined {
  const shown = `'${typeof value === "string" ? value : JSON.stringify(value)}'`;
  switch (kind) {
    case "string":
      return typeof value === "string" ? undefined : `${shown} is not a valid string`;
    case "boolean":
      return typeof value === "boolean" ? undefined : `${shown} cannot be converted to boolean`;
    case "number":
      return Number.isInteger(Number(value)) ? undefined : `${shown} is not an integer`;
    case "list":
      return Array.isArray(value) ? undefined : `${shown} is not a list`;
    case "object":
      return typeof value === "object" ? undefined : `${shown} is not a dictionary`;
    case "mac":
      return typeof value === "string" && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(value)
        ? undefined
        : `${shown} is not a valid MAC address`;
    case "address":
      return value === null || (typeof value === "string" && parseAddress(value) !== undefined)
        ? undefined
        : `${shown} is not a valid IP address`;
    case "nullable":
      return undefined;
  }
}
