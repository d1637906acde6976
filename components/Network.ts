import * as openstack from "@pulumi/openstack";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { EnvironmentNetwork } from "../snapset/environment/environment";
import { isInside } from "../snapset/environment/subnets";
import type { Placed } from "./Placed";

type SubnetSpec = EnvironmentNetwork["subnets"][number];

/** A network of an environment, with its subnets: one of its own, or somebody else's. */
export class Network extends ComponentResource {
  readonly networkId: Output<string>;
  readonly mtu: Output<number | undefined>;
  /** Ids by name, as the environment calls them. */
  readonly subnetIds: ReadonlyMap<string, Output<string>>;
  /** What must be there before a port gets an address without naming its subnet. */
  readonly ownSubnets: readonly Resource[];
  /** What must be there before a server asks by DHCP. */
  readonly hostRoutes: readonly Resource[];

  constructor(
    private readonly spec: EnvironmentNetwork,
    placed: Placed,
    opts?: ComponentResourceOptions,
  ) {
    super("snapset:index:Network", spec.name, {}, opts);
    const network = spec.existing === true ? undefined : this.declareNetwork();
    this.networkId = network?.id ?? placed.network(spec.name).id;
    this.mtu = network?.mtu ?? placed.network(spec.name).apply(({ mtu }) => mtu ?? undefined);
    const subnets =
      network === undefined
        ? []
        : spec.subnets.map((it) => [it, this.declareSubnet(it, network)] as const);
    this.ownSubnets = subnets.map(([, subnet]) => subnet);
    this.hostRoutes = subnets.flatMap(([it, subnet]) => this.declareHostRoutes(it, subnet));
    this.subnetIds =
      network === undefined
        ? new Map(spec.subnets.map((it) => [it.name, placed.subnetId(spec.name, it.cidr)] as const))
        : new Map(subnets.map(([it, subnet]) => [it.name, subnet.id] as const));
    this.registerOutputs({ networkId: this.networkId });
  }

  /** The subnet of that name; without a name the one that holds the address. */
  subnetIdOf(ip: string | undefined, name: string | undefined): Output<string> | undefined {
    const holder = this.spec.subnets.find(({ cidr }) => ip !== undefined && isInside([cidr], ip));
    return this.subnetIds.get(name ?? holder?.name ?? "");
  }

  private declareNetwork() {
    const { name, portSecurity, mtu } = this.spec;
    return new openstack.networking.Network(
      name,
      { name, portSecurityEnabled: portSecurity, ...given("mtu", mtu) },
      { parent: this },
    );
  }

  private declareSubnet(spec: SubnetSpec, network: openstack.networking.Network) {
    return new openstack.networking.Subnet(
      spec.name,
      {
        name: spec.name,
        networkId: network.id,
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
      { parent: this, deletedWith: network },
    );
  }

  /** Beside the ports, which take longer; the provider does not look at them on the subnet itself. */
  private declareHostRoutes(spec: SubnetSpec, subnet: openstack.networking.Subnet) {
    return (spec.hostRoutes ?? []).map(
      ({ destination, nexthop }) =>
        new openstack.networking.SubnetRoute(
          `${spec.name}-${destination}-${nexthop}`,
          { subnetId: subnet.id, destinationCidr: destination, nextHop: nexthop },
          { parent: this, deletedWith: subnet },
        ),
    );
  }
}

/** `{[key]: value}`, or nothing: the provider tells "not set" from "undefined". */
export function given<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}
