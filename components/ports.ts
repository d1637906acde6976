import * as openstack from "@pulumi/openstack";
import type { Output, Resource } from "@pulumi/pulumi";
import type { EnvironmentPort, EnvironmentSubport } from "../snapset/environment/environment";
import { given, type Network } from "./Network";

/** What ports are declared among. */
export interface PortSurroundings {
  /** By name, as the environment calls them. */
  networks: ReadonlyMap<string, Network>;
  /** What a floating IP needs beside the port: the way from its subnet to the external network. */
  routes: readonly Resource[];
  parent: Resource;
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
  const floatingIp = declareFloatingIp(floatingIpName, spec.floatingIp, port, around);
  if (floatingIp !== undefined) around.registry.floatingIps.set(spec.name, floatingIp);
  return { portId: trunk?.portId ?? port.id, macAddress: port.macAddress, floatingIp };
}

/** A MAC is unique in its network: the port that has it must go before another can take it. */
function portResource(spec: Named<EnvironmentPort | EnvironmentSubport>, around: PortSurroundings) {
  const network = around.networks.get(spec.network);
  const isSecured = spec.portSecurity ?? true;
  const port = new openstack.networking.Port(
    spec.name,
    {
      name: spec.name,
      networkId: network?.network.id ?? "",
      ...given("macAddress", spec.mac),
      fixedIps: spec.fixedIps.map(({ ip, subnet }) => ({
        ipAddress: ip,
        subnetId: network?.subnetOf(ip, subnet)?.id ?? "",
      })),
      ...given("portSecurityEnabled", spec.portSecurity),
      ...(isSecured ? {} : { noSecurityGroups: true }),
      ...given("securityGroupIds", spec.securityGroups?.map(securityGroupId)),
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
      dependsOn: spec.fixedIps.length === 0 ? [...(network?.subnets.values() ?? [])] : [],
    },
  );
  around.registry.macAddresses.set(spec.name, port.macAddress);
  return port;
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
  return new openstack.networking.Trunk(
    trunkName,
    {
      name: trunkName,
      adminStateUp: true,
      portId: port.id,
      subPorts: subports.map((subport) => {
        const subportName = subport.name ?? `${portName}-vlan-${subport.vlanId}`;
        const child = portResource({ ...subport, name: subportName }, around);
        return { portId: child.id, segmentationId: subport.vlanId, segmentationType: "vlan" };
      }),
    },
    { parent: around.parent, deleteBeforeReplace: true },
  );
}

function declareFloatingIp(
  name: string,
  floatingIp: EnvironmentPort["floatingIp"],
  port: openstack.networking.Port,
  { routes, parent }: PortSurroundings,
): Output<string> | undefined {
  if (floatingIp === undefined) return undefined;
  const address = new openstack.networking.FloatingIp(
    name,
    { pool: floatingIp.network, ...given("address", floatingIp.address) },
    { parent },
  );
  new openstack.networking.FloatingIpAssociate(
    name,
    { floatingIp: address.address, portId: port.id },
    { parent, dependsOn: [...routes] },
  );
  return address.address;
}

function securityGroupId(name: string): Output<string> {
  return openstack.networking.getSecGroupOutput({ name }).id;
}
