import type { ResolvedResource } from "../hot/stack";
import { isMap, Unknown, type ValueMap } from "../values";
import { securityGroupName } from "./groups";
import { given, mapsOf, nameOf, textOf, type Resources } from "./Resources";
import type { Mapped } from "./toEnvironment";

const portType = "OS::Neutron::Port";
const networkType = "OS::Neutron::Net";
const subnetType = "OS::Neutron::Subnet";

/** The ports that neither a server nor a trunk has: they keep an address for something else. */
export function portsBesideNodes(resources: Resources): Mapped<object>[] {
  for (const trunk of resources.of("OS::Neutron::Trunk")) {
    for (const subport of mapsOf(trunk, "sub_ports")) {
      const path = `resources.${trunk.name}.sub_ports`;
      const port = resources.byId(subport["port"], portType, trunk.placeOf("sub_ports"), path);
      if (port !== undefined) resources.use(port);
    }
  }
  return resources
    .of(portType)
    .filter((port) => !resources.isUsed(port))
    .map((port) => ({ resource: port.name, place: port.place, data: portOf(port, resources) }));
}

/** A port of an environment, with the trunk that it is the parent of and its floating IP. */
export function portOf(port: ResolvedResource, resources: Resources): object {
  resources.use(port);
  const trunks = resources
    .of("OS::Neutron::Trunk")
    .filter((trunk) => resources.isId(trunk.properties["port"], port));
  return {
    ...plainPort(port, resources),
    ...given("trunk", trunks[0] && trunkOf(trunks[0], resources)),
  };
}

function trunkOf(trunk: ResolvedResource, resources: Resources): object {
  resources.use(trunk);
  const place = trunk.placeOf("sub_ports");
  return {
    name: nameOf(trunk),
    subports: mapsOf(trunk, "sub_ports").flatMap((it, i) => {
      const path = `resources.${trunk.name}.sub_ports[${i}].port`;
      const port = resources.byId(it["port"], portType, place, path);
      if (port === undefined) return [];
      resources.use(port);
      return [{ ...plainPort(port, resources), vlanId: it["segmentation_id"] }];
    }),
  };
}

function plainPort(port: ResolvedResource, resources: Resources): object {
  const { properties } = port;
  const network = resources.target(port, "network", networkType);
  const options = dhcpOptionsOf(properties["value_specs"]);
  return {
    name: nameOf(port),
    network: network === undefined ? "" : nameOf(network),
    ...given("mac", textOf(resources, port, "mac_address")),
    fixedIps: mapsOf(port, "fixed_ips").flatMap((it, i) => fixedIpOf(it, i, port, resources)),
    ...given("portSecurity", properties["port_security_enabled"]),
    ...given("noFixedIps", properties["no_fixed_ips"]),
    ...given("securityGroups", groupsOf(port, resources)),
    ...given("vnicType", textOf(resources, port, "binding:vnic_type")),
    allowedAddressPairs: mapsOf(port, "allowed_address_pairs").map((pair) => ({
      ip: pair["ip_address"],
      ...given("mac", pair["mac_address"]),
    })),
    ...given("dhcpOptions", options.length === 0 ? undefined : options),
    ...given("floatingIp", floatingIpOf(port, resources)),
  };
}

function fixedIpOf(it: ValueMap, i: number, port: ResolvedResource, resources: Resources) {
  const path = `resources.${port.name}.fixed_ips[${i}]`;
  const place = port.placeOf("fixed_ips");
  const subnetId = it["subnet"] ?? it["subnet_id"];
  const subnet =
    subnetId === undefined ? undefined : resources.byId(subnetId, subnetType, place, path);
  const { ip_address: ip } = it;
  if (ip instanceof Unknown) {
    resources.problems.add(place, `${path}: needs an ip_address that is known beforehand`);
    return [];
  }
  return [{ ...given("ip", ip), ...given("subnet", subnet && nameOf(subnet)) }];
}

/** The template's own by the names that they have in the environment, others as they are called. */
function groupsOf(port: ResolvedResource, resources: Resources): string[] | undefined {
  const groups = port.properties["security_groups"];
  if (!Array.isArray(groups)) return undefined;
  return groups.flatMap(
    (it, i) => securityGroupName(it, port, `security_groups[${i}]`, resources) ?? [],
  );
}

function dhcpOptionsOf(specs: unknown): object[] {
  const options = isMap(specs) ? specs["extra_dhcp_opts"] : undefined;
  return (Array.isArray(options) ? options : []).filter(isMap).map((option) => ({
    name: option["opt_name"],
    value: option["opt_value"],
    ...given("ipVersion", option["ip_version"]),
  }));
}

function floatingIpOf(port: ResolvedResource, resources: Resources): object | undefined {
  const [first, second] = resources
    .of("OS::Neutron::FloatingIP")
    .filter((it) => resources.isId(it.properties["port_id"], port));
  if (first === undefined) return undefined;
  resources.use(first);
  if (second !== undefined) {
    resources.use(second);
    const text = `the port ${port.name} has ${first.name} already`;
    resources.problems.add(second.place, `resources.${second.name}: ${text}`);
  }
  return {
    network: textOf(resources, first, "floating_network"),
    ...given("address", textOf(resources, first, "floating_ip_address")),
  };
}
