import * as openstack from "@pulumi/openstack";
import { output, type Output, type Resource } from "@pulumi/pulumi";
import type { EnvironmentPort, EnvironmentSubport } from "../snapset/environment/environment";
import { given, type Network } from "./Network";
import type { Placed } from "./Placed";
import type { ResourceNames } from "./ResourceNames";
import type { SecurityGroups } from "./securityGroups";

/** What ports are declared among. */
export interface PortSurroundings {
  /** By name, as the environment calls them. */
  networks: ReadonlyMap<string, Network>;
  /** What a floating IP needs beside the port: the way from its subnet to the external network. */
  routes: readonly Resource[];
  securityGroups: SecurityGroups;
  /** What becomes of floating IPs that name an address. */
  placed: Placed;
  parent: Resource;
  /** What they are called in the stack: two nodes may have ports of one name. */
  names: ResourceNames;
  /** The node that has the ports. */
  node?: string;
  /** MACs and floating IPs by the ports' names: each port that is declared adds its own. */
  registry: PortRegistry;
}

/** What is known of declared ports, by their names. */
export interface PortRegistry {
  macAddresses: Map<string, Output<string>>;
  floatingIps: Map<string, Output<string>>;
}

/** A port with what hangs on it. */
export interface DeclaredPort {
  /** Known when the port can be bound: when it is a trunk's, after the trunk. */
  portId: Output<string>;
  macAddress: Output<string>;
  floatingIp: Output<string> | undefined;
}

type Named<T> = T & { name: string };

/**
 * Declares a port, its floating IP, and the trunk that it is the parent of.
 *
 * @param floatingIpName what the floating IP is called in the stack
 */
export function declarePort(
  spec: Named<EnvironmentPort>,
  floatingIpName: string,
  around: PortSurroundings,
): DeclaredPort {
  const port = portResource(spec, around);
  const trunk = spec.trunk && declareTrunk(spec.name, spec.trunk, port, around);
  const floatingIp = declareFloatingIp(floatingIpName, spec, port, around);
  return { portId: trunk?.portId ?? port.id, macAddress: port.macAddress, floatingIp };
}

/** A MAC is unique in its network: the port that has it must go before another can take it. */
function portResource(spec: Named<EnvironmentPort | EnvironmentSubport>, around: PortSurroundings) {
  const network = around.networks.get(spec.network);
  const { name, aliases } = around.names.claim("Port", spec.name, around.node);
  const port = new openstack.networking.Port(
    name,
    {
      name: spec.name,
      networkId: network?.networkId ?? "",
      ...given("macAddress", spec.mac),
      ...addressesOf(spec, network),
      ...given("portSecurityEnabled", spec.portSecurity),
      ...securityOf(spec, around.securityGroups),
      ...given("binding", spec.vnicType === undefined ? undefined : { vnicType: spec.vnicType }),
      allowedAddressPairs: spec.allowedAddressPairs.map((pair) => ({
        ipAddress: pair.ip,
        ...given("macAddress", pair.mac),
      })),
      ...given("extraDhcpOptions", spec.dhcpOptions?.map(dhcpOption)),
    },
    // Without a subnet a port gets no address; with fixed addresses it names its subnets itself.
    {
      parent: around.parent,
      deleteBeforeReplace: true,
      dependsOn: spec.fixedIps.length === 0 ? [...(network?.ownSubnets ?? [])] : [],
      aliases,
    },
  );
  around.registry.macAddresses.set(spec.name, port.macAddress);
  return port;
}

/** Neutron gives a port an address of the network's unless it is told otherwise. */
function addressesOf(
  { fixedIps, noFixedIps }: Pick<EnvironmentPort, "fixedIps" | "noFixedIps">,
  network: Network | undefined,
) {
  if (noFixedIps === true) return { noFixedIp: true };
  return {
    fixedIps: fixedIps.map(({ ip, subnet }) => ({
      subnetId: network?.subnetIdOf(ip, subnet) ?? "",
      ...given("ipAddress", ip),
    })),
  };
}

/** The provider takes an empty list for none said, and Neutron then gives the default group. */
function securityOf(
  { portSecurity, securityGroups }: Pick<EnvironmentPort, "portSecurity" | "securityGroups">,
  groups: SecurityGroups,
) {
  if (portSecurity === false || securityGroups?.length === 0) return { noSecurityGroups: true };
  return given("securityGroupIds", securityGroups?.map(groups.idOf));
}

function dhcpOption({
  name,
  value,
  ipVersion,
}: NonNullable<EnvironmentPort["dhcpOptions"]>[number]) {
  return { name, value, ...given("ipVersion", ipVersion) };
}

/** Neutron refuses to make a trunk of a port that a server has already. */
function declareTrunk(
  portName: string,
  { name, subports }: NonNullable<EnvironmentPort["trunk"]>,
  port: openstack.networking.Port,
  around: PortSurroundings,
) {
  const trunkName = name ?? `${portName}-trunk`;
  const resource = around.names.claim("Trunk", trunkName, around.node);
  const owner = around.node === undefined ? "" : `${around.node}/`;
  return new openstack.networking.Trunk(
    resource.name,
    {
      name: trunkName,
      adminStateUp: true,
      portId: port.id,
      subPorts: subports.map((subport) => {
        const subportName = subport.name ?? `${portName}-vlan-${subport.vlanId}`;
        const named = { ...subport, name: subportName };
        const child = portResource(named, around);
        declareFloatingIp(`${owner}${subportName}-floating-ip`, named, child, around);
        return { portId: child.id, segmentationId: subport.vlanId, segmentationType: "vlan" };
      }),
    },
    { parent: around.parent, deleteBeforeReplace: true, aliases: resource.aliases },
  );
}

function declareFloatingIp(
  name: string,
  { name: portName, floatingIp }: Named<EnvironmentPort | EnvironmentSubport>,
  port: openstack.networking.Port,
  { routes, placed, parent, registry }: PortSurroundings,
): Output<string> | undefined {
  if (floatingIp === undefined) return undefined;
  const { network: pool, address: wanted } = floatingIp;
  const declareNew = () => new openstack.networking.FloatingIp(name, { pool }, { parent }).address;
  const address =
    wanted === undefined
      ? declareNew()
      : placed
          .floatingIp(wanted)
          .apply((choice) => (choice === "reuse" ? output(wanted) : declareNew()));
  new openstack.networking.FloatingIpAssociate(
    name,
    { floatingIp: address, portId: port.id },
    { parent, dependsOn: [...routes] },
  );
  registry.floatingIps.set(portName, address);
  return address;
}
