import type { ResolvedResource, Stack } from "../hot/stack";
import type { OutputReference } from "../../snapset/environment/environment";
import { Float, isMap, Unknown, type Value } from "../values";
import { nameOf } from "./Resources";
import type { ServerFacts } from "./serverFacts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * A template's outputs, with a reference for each thing that is known once it is deployed: ids of
 * servers, MACs and floating IPs of ports, MTUs of networks. What else only a cloud knows is null.
 */
export function outputsOf({ resources, outputs }: Stack, facts: ServerFacts) {
  const byName = new Map(resources.map((it) => [it.name, it] as const));
  const toJson = (value: Value): Json => {
    if (value instanceof Unknown) {
      const resource = byName.get(value.resource);
      return (resource && referenceTo(resource, value.attribute, byName, facts)) ?? null;
    }
    if (value instanceof Float) return value.value;
    if (typeof value === "bigint") return Number(value);
    if (Array.isArray(value)) return value.map(toJson);
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, toJson(it)] as const));
  };
  return Object.fromEntries(
    [...outputs].map(([name, { value }]) => [name, toJson(value)] as const),
  );
}

function referenceTo(
  resource: ResolvedResource,
  attribute: string,
  byName: ReadonlyMap<string, ResolvedResource>,
  { members }: ServerFacts,
): OutputReference | undefined {
  switch (`${resource.type} ${attribute}`) {
    case "OS::Nova::Server id": {
      const { name } = resource.properties;
      const own = typeof name === "string" ? name : resource.name;
      return { $serverId: members.get(resource.name)?.name ?? own };
    }
    case "OS::Neutron::Port mac_address":
      return { $macAddress: nameOf(resource) };
    case "OS::Neutron::Net mtu":
      return { $mtu: nameOf(resource) };
    case "OS::Neutron::FloatingIP floating_ip_address": {
      const port = resource.properties["port_id"];
      const target = port instanceof Unknown ? byName.get(port.resource) : undefined;
      return target && { $floatingIp: nameOf(target) };
    }
    default:
      return undefined;
  }
}
