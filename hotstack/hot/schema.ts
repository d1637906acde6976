import type { Value } from "../values";

/** What a property of a resource may hold, of what is supported here. */
export type Property =
  | { kind: "string" | "integer" | "boolean" | "any"; isRequired?: boolean; allowed?: Value[] }
  | { kind: "strings"; isRequired?: boolean }
  /** A map with any keys, or only these. */
  | { kind: "map"; isRequired?: boolean; keys?: Record<string, Property> }
  /** A list of maps with these keys. */
  | { kind: "maps"; isRequired?: boolean; keys: Record<string, Property> };

/** A type of resource: its properties, and the attributes that it has. */
export interface ResourceType {
  properties: Record<string, Property>;
  /** Names that Heat has for one property; the first is the one that is used. */
  synonyms?: Record<string, string>;
  attributes: readonly string[];
  /** Properties that may hold a hidden parameter: they end up in user data, which is secret. */
  secret?: readonly string[];
}

const text: Property = { kind: "string" };
const requiredText: Property = { kind: "string", isRequired: true };
const flag: Property = { kind: "boolean" };
/** There is no word for what is switched off. */
const up: Property = { kind: "boolean", allowed: [true] };
const integer: Property = { kind: "integer" };
const ipv6Mode: Property = {
  kind: "string",
  allowed: ["dhcpv6-stateful", "dhcpv6-stateless", "slaac"],
};

const neutron = ["name", "status", "admin_state_up", "tenant_id", "show"];

const blockDevice: Record<string, Property> = {
  boot_index: integer,
  device_type: { kind: "string", allowed: ["disk", "cdrom"] },
  disk_bus: { kind: "string", allowed: ["ide", "sata", "scsi", "usb", "virtio"] },
  volume_id: text,
  image_id: text,
  image: text,
  volume_size: integer,
  volume_type: text,
  delete_on_termination: flag,
};

const securityRule: Record<string, Property> = {
  direction: { kind: "string", allowed: ["ingress", "egress"] },
  ethertype: { kind: "string", allowed: ["IPv4", "IPv6"] },
  protocol: text,
  port_range_min: integer,
  port_range_max: integer,
  remote_ip_prefix: text,
};

/**
 * The resource types that are understood, with all of their properties that upstream's scenarios use
 * and those that an environment has a word for.
 *
 * Source: Heat `engine/resources/openstack/*`.
 */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  "OS::Neutron::Net": {
    properties: {
      name: text,
      admin_state_up: up,
      port_security_enabled: flag,
      value_specs: { kind: "map", keys: { mtu: integer } },
    },
    attributes: [...neutron, "mtu", "subnets", "port_security_enabled"],
  },
  "OS::Neutron::Subnet": {
    properties: {
      name: text,
      network: requiredText,
      cidr: requiredText,
      ip_version: { kind: "integer", allowed: [4, 6] },
      gateway_ip: text,
      enable_dhcp: flag,
      dns_nameservers: { kind: "strings" },
      allocation_pools: { kind: "maps", keys: { start: requiredText, end: requiredText } },
      ipv6_address_mode: ipv6Mode,
      ipv6_ra_mode: ipv6Mode,
      host_routes: { kind: "maps", keys: { destination: requiredText, nexthop: requiredText } },
    },
    synonyms: { network_id: "network" },
    attributes: [
      ...["name", "network_id", "cidr", "ip_version", "gateway_ip", "enable_dhcp", "tenant_id"],
      ...["dns_nameservers", "allocation_pools", "host_routes", "show"],
    ],
  },
  "OS::Neutron::Port": {
    properties: {
      name: text,
      network: requiredText,
      admin_state_up: up,
      mac_address: text,
      fixed_ips: { kind: "maps", keys: { subnet: text, subnet_id: text, ip_address: text } },
      port_security_enabled: flag,
      no_fixed_ips: flag,
      security_groups: { kind: "strings" },
      "binding:vnic_type": text,
      allowed_address_pairs: {
        kind: "maps",
        keys: { ip_address: requiredText, mac_address: text },
      },
      value_specs: {
        kind: "map",
        keys: {
          extra_dhcp_opts: {
            kind: "maps",
            keys: {
              opt_name: requiredText,
              opt_value: requiredText,
              ip_version: { kind: "integer", allowed: [4, 6] },
            },
          },
        },
      },
    },
    synonyms: { network_id: "network" },
    attributes: [
      ...neutron,
      ...["fixed_ips", "mac_address", "network_id", "port_security_enabled", "subnets", "network"],
      ...["device_id", "device_owner", "security_groups", "allowed_address_pairs"],
    ],
  },
  "OS::Neutron::Router": {
    properties: {
      name: text,
      admin_state_up: up,
      external_gateway_info: {
        kind: "map",
        keys: { network: requiredText, enable_snat: flag },
      },
    },
    attributes: [...neutron, "external_gateway_info"],
  },
  "OS::Neutron::RouterInterface": {
    properties: { router: requiredText, subnet: text, port: text },
    synonyms: { router_id: "router", subnet_id: "subnet", port_id: "port" },
    attributes: ["show"],
  },
  "OS::Neutron::ExtraRoute": {
    properties: { router_id: requiredText, destination: requiredText, nexthop: requiredText },
    attributes: ["show"],
  },
  "OS::Neutron::FloatingIP": {
    properties: { floating_network: requiredText, port_id: text, floating_ip_address: text },
    synonyms: { floating_network_id: "floating_network" },
    attributes: [
      ...["floating_ip_address", "floating_network_id", "fixed_ip_address", "port_id"],
      ...["router_id", "tenant_id", "show"],
    ],
  },
  "OS::Neutron::Trunk": {
    properties: {
      name: text,
      admin_state_up: up,
      port: requiredText,
      sub_ports: {
        kind: "maps",
        keys: {
          port: requiredText,
          segmentation_id: { kind: "integer", isRequired: true },
          segmentation_type: { kind: "string", isRequired: true, allowed: ["vlan"] },
        },
      },
    },
    attributes: [...neutron, "port_id", "sub_ports"],
  },
  "OS::Neutron::SecurityGroup": {
    properties: {
      name: text,
      description: text,
      rules: {
        kind: "maps",
        keys: {
          ...securityRule,
          remote_mode: { kind: "string", allowed: ["remote_ip_prefix", "remote_group_id"] },
          remote_group_id: text,
        },
      },
    },
    attributes: ["name", "tenant_id", "show"],
  },
  "OS::Neutron::SecurityGroupRule": {
    properties: {
      security_group: requiredText,
      description: text,
      remote_group: text,
      ...securityRule,
    },
    synonyms: { remote_group_id: "remote_group" },
    attributes: ["show"],
  },
  "OS::Cinder::Volume": {
    properties: {
      name: text,
      size: { kind: "integer", isRequired: true },
      volume_type: text,
      image: text,
      description: text,
    },
    attributes: [
      ...["size", "status", "availability_zone", "display_name", "volume_type", "bootable"],
      ...["created_at", "encrypted", "attachments", "show"],
    ],
  },
  "OS::Nova::Server": {
    properties: {
      name: text,
      image: text,
      flavor: requiredText,
      networks: {
        kind: "maps",
        isRequired: true,
        keys: { port: requiredText },
      },
      block_device_mapping_v2: { kind: "maps", keys: blockDevice },
      user_data: text,
      user_data_format: { kind: "string", allowed: ["RAW"] },
      config_drive: flag,
      // It tells Xen how to divide the disk; others do not look at it.
      diskConfig: { kind: "string", allowed: ["AUTO", "MANUAL"] },
      metadata: { kind: "map" },
      key_name: text,
      availability_zone: text,
      scheduler_hints: { kind: "map", keys: { group: requiredText } },
    },
    attributes: [
      ...["name", "addresses", "networks", "first_address", "instance_name", "accessIPv4"],
      ...["accessIPv6", "console_urls", "tags", "show"],
    ],
    secret: ["user_data"],
  },
  "OS::Nova::ServerGroup": {
    properties: { name: text, policies: { kind: "strings" } },
    attributes: ["name", "show"],
  },
  "OS::Heat::CloudConfig": {
    properties: { cloud_config: { kind: "map", isRequired: true } },
    attributes: ["config", "show"],
    secret: ["cloud_config"],
  },
  "OS::Heat::MultipartMime": {
    properties: {
      parts: {
        kind: "maps",
        keys: {
          config: requiredText,
          filename: text,
          type: { kind: "string", allowed: ["text"] },
          subtype: text,
        },
      },
      group: text,
    },
    attributes: ["config", "show"],
    secret: ["parts"],
  },
  "OS::Heat::Value": {
    properties: {
      type: {
        kind: "string",
        allowed: ["string", "number", "comma_delimited_list", "json", "boolean"],
      },
      value: { kind: "any", isRequired: true },
    },
    attributes: ["value", "show"],
    // Where it is used, its hidden parameters count as used there.
    secret: ["value"],
  },
};
