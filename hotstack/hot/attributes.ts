import { Unknown, type Value } from "../values";
import { firstAddress } from "../mapping/cidr";
import type { ResolvedResource } from "./stack";

/** An attribute of a resource as far as its properties tell it, else what only the cloud knows. */
export function attributeOf(resource: ResolvedResource, attribute: string): Value {
  const unknown = new Unknown(resource.name, attribute);
  const property = (name: string): Value => resource.properties[name] ?? unknown;
  switch (`${resource.type} ${attribute}`) {
    case "OS::Heat::Value value":
    case "OS::Neutron::Subnet cidr":
    case "OS::Neutron::Subnet ip_version":
    case "OS::Neutron::Subnet dns_nameservers":
    case "OS::Neutron::Subnet enable_dhcp":
    case "OS::Neutron::Port mac_address":
    case "OS::Neutron::Port port_security_enabled":
    case "OS::Neutron::Net port_security_enabled":
    case "OS::Cinder::Volume size":
      return property(attribute);
    case "OS::Neutron::Subnet gateway_ip":
      return gatewayOf(resource);
    case "OS::Neutron::Port fixed_ips":
      return fixedIpsOf(resource) ?? unknown;
    case "OS::Neutron::Port network_id":
    case "OS::Neutron::Subnet network_id":
      return property("network");
    case "OS::Neutron::Net mtu":
      return mtuOf(property("value_specs")) ?? unknown;
    case "OS::Neutron::Trunk port_id":
      return property("port");
    default:
      return unknown;
  }
}

/** Neutron takes the first address of a subnet when it is not told which. */
function gatewayOf({ name, properties, hasProperty }: ResolvedResource): Value {
  const { gateway_ip: gateway, cidr } = properties;
  if (gateway !== undefined) return gateway === "" ? null : gateway;
  if (hasProperty("gateway_ip")) return null;
  return typeof cidr === "string"
    ? (firstAddress(cidr) ?? new Unknown(name, "gateway_ip"))
    : new Unknown(name, "gateway_ip");
}

/** Known when every address is. */
function fixedIpsOf({ properties }: ResolvedResource): Value | undefined {
  const list = properties["fixed_ips"];
  if (!Array.isArray(list)) return undefined;
  const isComplete = list.every(
    (it) => typeof it === "object" && it !== null && "ip_address" in it,
  );
  return isComplete ? list : undefined;
}

function mtuOf(specs: Value): Value | undefined {
  return typeof specs === "object" && specs !== null && "mtu" in specs
    ? (specs as { mtu: Value }).mtu
    : undefined;
}
