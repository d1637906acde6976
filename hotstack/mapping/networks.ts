import type { ResolvedResource } from "../hot/stack";
import { isMap, type Value } from "../values";
import { given, mapsOf, nameOf, textOf, type Resources } from "./Resources";
import type { Mapped } from "./toEnvironment";

/** Networks with their subnets. */
export function networksOf(resources: Resources): Mapped<object>[] {
  const subnets = resources.of("OS::Neutron::Subnet").map((subnet) => ({
    subnet,
    network: resources.target(subnet, "network", "OS::Neutron::Net"),
  }));
  return resources.of("OS::Neutron::Net").map((network) => ({
    resource: network.name,
    place: network.place,
    data: {
      name: nameOf(network),
      ...given("portSecurity", network.properties["port_security_enabled"]),
      ...given("mtu", mtuOf(network.properties["value_specs"])),
      subnets: subnets
        .filter((it) => it.network === network)
        .map(({ subnet }) => subnetOf(subnet, resources)),
    },
  }));
}

function mtuOf(specs: Value | undefined): Value | undefined {
  return specs !== undefined && isMap(specs) ? specs["mtu"] : undefined;
}

function subnetOf(subnet: ResolvedResource, resources: Resources): object {
  const { properties, hasProperty } = subnet;
  const { gateway_ip: gateway } = properties;
  const cidr = textOf(resources, subnet, "cidr");
  checkVersion(subnet, cidr, resources);
  // Heat gives an empty text and null the same meaning: no gateway.
  const isWithout = hasProperty("gateway_ip") && (gateway === undefined || gateway === "");
  return {
    name: nameOf(subnet),
    cidr,
    ...(isWithout ? { gatewayIp: null } : given("gatewayIp", gateway)),
    ...given("enableDhcp", properties["enable_dhcp"]),
    ...given("dnsNameservers", properties["dns_nameservers"]),
    allocationPools: mapsOf(subnet, "allocation_pools"),
    ...given("hostRoutes", properties["host_routes"]),
    ...given("ipv6AddressMode", properties["ipv6_address_mode"]),
    ...given("ipv6RaMode", properties["ipv6_ra_mode"]),
  };
}

/** Heat's default is 4, whatever the network. */
function checkVersion(subnet: ResolvedResource, cidr: string | undefined, resources: Resources) {
  const version = subnet.properties["ip_version"] === 6 ? 6 : 4;
  if (cidr === undefined || version === (cidr.includes(":") ? 6 : 4)) return;
  resources.problems.add(
    subnet.placeOf("ip_version"),
    `resources.${subnet.name}.ip_version: is ${version}, and ${cidr} is not`,
  );
}
