import * as openstack from "@pulumi/openstack";
import {
  ComponentResource,
  output,
  secret,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { EnvironmentNode, EnvironmentPort } from "../snapset/environment";
import { given, type Network } from "./Network";
import { blockDevicesOf, declareVolumes, type NodeVolumes, type RestoredNode } from "./volumes";

/** What a node is declared from. */
export interface NodeArgs {
  spec: EnvironmentNode;
  /** By name, as the environment calls them. */
  networks: ReadonlyMap<string, Network>;
  /** The image to boot from, or to fill the root volume from. */
  imageId: Input<string>;
  /** What the set that the image is of has of the node; undefined for a new one. */
  restored: RestoredNode | undefined;
  /** What a floating IP needs beside the port: the way from its subnet to the external network. */
  routes: readonly Resource[];
}

/** A node of an environment: its ports with their MACs and addresses, its volumes, its server. */
export class Node extends ComponentResource {
  readonly serverId: Output<string>;
  readonly macAddress: Output<string>;
  readonly floatingIp: Output<string> | undefined;

  constructor(args: NodeArgs, opts?: ComponentResourceOptions) {
    const { spec } = args;
    super("snapset:index:Node", spec.name, {}, opts);
    const ports = spec.ports.map((port, i) => this.declarePort(port, i, args));
    const server = this.declareServer(args, ports, declareVolumes(args, this));
    const floatingIps = spec.ports.map((port, i) =>
      this.declareFloatingIp(port, i, ports[i], args),
    );
    this.serverId = server.id;
    this.macAddress = output(ports[0]?.macAddress ?? "");
    this.floatingIp = floatingIps.find((address) => address !== undefined);
    this.registerOutputs({ serverId: this.serverId, macAddress: this.macAddress });
  }

  /** A MAC is unique in its network: the port that has it must go before another can take it. */
  private declarePort(port: EnvironmentPort, i: number, { spec, networks }: NodeArgs) {
    const network = networks.get(port.network);
    const name = port.name ?? portName(spec, i);
    const isSecured = port.portSecurity ?? true;
    return new openstack.networking.Port(
      name,
      {
        name,
        networkId: network?.network.id ?? "",
        ...given("macAddress", port.mac),
        fixedIps: port.fixedIps.map((fixed) => ({
          ipAddress: fixed.ip,
          subnetId: subnetOf(network, fixed.subnet)?.id ?? "",
        })),
        ...given("portSecurityEnabled", port.portSecurity),
        ...(isSecured ? {} : { noSecurityGroups: true }),
        ...given("securityGroupIds", port.securityGroups?.map(securityGroupId)),
        allowedAddressPairs: port.allowedAddressPairs.map((pair) => ({
          ipAddress: pair.ip,
          ...given("macAddress", pair.mac),
        })),
      },
      // Without a subnet a port gets no address; with fixed addresses it names its subnets itself.
      {
        parent: this,
        deleteBeforeReplace: true,
        dependsOn: port.fixedIps.length === 0 ? [...(network?.subnets.values() ?? [])] : [],
      },
    );
  }

  private declareServer(
    { spec, imageId }: NodeArgs,
    ports: openstack.networking.Port[],
    volumes: NodeVolumes,
  ) {
    return new openstack.compute.Instance(
      spec.name,
      {
        name: spec.name,
        ...given("imageId", volumes.root === undefined ? imageId : undefined),
        flavorName: spec.flavor,
        networks: ports.map((port) => ({ port: port.id })),
        configDrive: spec.configDrive,
        metadata: { ...spec.metadata, snapset_role: spec.role },
        ...given("userData", spec.userData === undefined ? undefined : secret(spec.userData)),
        ...given("keyPair", spec.keyPair),
        ...given("availabilityZone", spec.availabilityZone),
        ...given("blockDevices", blockDevicesOf(volumes, imageId)),
      },
      // Its ports hold the MACs and stay; the server that is bound to them must go first. The provider
      // would rebuild a server whose image changes, and leave one that was shut off as it is.
      { parent: this, deleteBeforeReplace: true, replaceOnChanges: ["imageId"] },
    );
  }

  private declareFloatingIp(
    { floatingIp }: EnvironmentPort,
    i: number,
    port: openstack.networking.Port | undefined,
    { spec, routes }: NodeArgs,
  ) {
    if (floatingIp === undefined || port === undefined) return undefined;
    const name = `${portName(spec, i)}-floating-ip`;
    const address = new openstack.networking.FloatingIp(
      name,
      { pool: floatingIp.network, ...given("address", floatingIp.address) },
      { parent: this },
    );
    new openstack.networking.FloatingIpAssociate(
      name,
      { floatingIp: address.address, portId: port.id },
      { parent: this, dependsOn: [...routes] },
    );
    return address.address;
  }
}

function subnetOf(network: Network | undefined, name: string | undefined) {
  if (name !== undefined) return network?.subnets.get(name);
  return [...(network?.subnets.values() ?? [])][0];
}

function securityGroupId(name: string): Output<string> {
  return openstack.networking.getSecGroupOutput({ name }).id;
}

function portName(spec: EnvironmentNode, i: number): string {
  return spec.ports.length === 1 ? `${spec.name}-port` : `${spec.name}-port-${i}`;
}
