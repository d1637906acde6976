import * as openstack from "@pulumi/openstack";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { EnvironmentNetwork } from "../snapset/environment/environment";
import { isInside } from "../snapset/environment/subnets";

/** A network of an environment, with its subnets. */
export class Network extends ComponentResource {
  readonly network: openstack.networking.Network;
  /** By name, as the environment calls them. */
  readonly subnets: ReadonlyMap<string, openstack.networking.Subnet>;

  constructor(
    private readonly spec: EnvironmentNetwork,
    opts?: ComponentResourceOptions,
  ) {
    super("snapset:index:Network", spec.name, {}, opts);
    this.network = new openstack.networking.Network(
      spec.name,
      { name: spec.name, portSecurityEnabled: spec.portSecurity, ...given("mtu", spec.mtu) },
      { parent: this },
    );
    this.subnets = new Map(
      spec.subnets.map((subnet) => [subnet.name, this.declareSubnet(subnet)] as const),
    );
    this.registerOutputs({ networkId: this.network.id });
  }

  /** The subnet of that name; without a name the one that holds the address. */
  subnetOf(ip: string, name: string | undefined): openstack.networking.Subnet | undefined {
    const holder = this.spec.subnets.find(({ cidr }) => isInside([cidr], ip));
    return this.subnets.get(name ?? holder?.name ?? "");
  }

  private declareSubnet(spec: EnvironmentNetwork["subnets"][number]) {
    return new openstack.networking.Subnet(
      spec.name,
      {
        name: spec.name,
        networkId: this.network.id,
        cidr: spec.cidr,
        ipVersion: spec.cidr.includes(":") ? 6 : 4,
        enableDhcp: spec.enableDhcp,
        dnsNameservers: spec.dnsNameservers,
        allocationPools: spec.allocationPools,
        ...given("ipv6AddressMode", spec.ipv6AddressMode),
        ...given("ipv6RaMode", spec.ipv6RaMode),
        ...(spec.gatewayIp === null ? { noGateway: true } : given("gatewayIp", spec.gatewayIp)),
      },
      // Neutron removes the subnets of a network with it: a layer less to wait for at a destroy.
      { parent: this, deletedWith: this.network },
    );
  }
}

/** `{[key]: value}`, or nothing: the provider tells "not set" from "undefined". */
export function given<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}
