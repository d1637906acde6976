import * as openstack from "@pulumi/openstack";
import { ComponentResource, type ComponentResourceOptions, type Input } from "@pulumi/pulumi";
import type { EnvironmentRouter } from "../snapset/environment/environment";
import { given, type Network } from "./Network";
import type { Placed } from "./Placed";

/** A router of an environment: a gateway to an external network, an interface in each subnet. */
export class Router extends ComponentResource {
  readonly interfaces: readonly openstack.networking.RouterInterface[];

  constructor(
    private readonly spec: EnvironmentRouter,
    /** By name, as the environment calls them. */
    private readonly networks: ReadonlyMap<string, Network>,
    placed: Placed,
    opts?: ComponentResourceOptions,
  ) {
    super("snapset:index:Router", spec.name, {}, opts);
    const external = spec.externalNetwork;
    const router = new openstack.networking.Router(
      spec.name,
      {
        name: spec.name,
        ...given(
          "externalNetworkId",
          external === undefined ? undefined : placed.network(external).id,
        ),
        ...given("enableSnat", spec.enableSnat),
      },
      { parent: this },
    );
    this.interfaces = [
      ...spec.subnets.flatMap((name) => {
        const subnetId = this.networkOf(name)?.subnetIds.get(name);
        return subnetId === undefined ? [] : [this.attach(router, name, { subnetId })];
      }),
      ...(spec.interfaces ?? []).map(({ subnet, ip }) =>
        this.attach(router, subnet, { portId: this.declarePort(router, subnet, ip).id }),
      ),
    ];
    for (const route of spec.routes ?? []) this.declareRoute(router, route);
    this.registerOutputs({ routerId: router.id });
  }

  private networkOf(subnet: string): Network | undefined {
    return [...this.networks.values()].find(({ subnetIds }) => subnetIds.has(subnet));
  }

  /** Neutron takes a next hop only when it is in a subnet that the router is attached to. */
  private declareRoute(
    router: openstack.networking.Router,
    { destination, nexthop }: NonNullable<EnvironmentRouter["routes"]>[number],
  ) {
    return new openstack.networking.RouterRoute(
      `${this.spec.name}-${destination}`,
      { routerId: router.id, destinationCidr: destination, nextHop: nexthop },
      { parent: this, dependsOn: [...this.interfaces] },
    );
  }

  /** A subnet's interface has the gateway's address; for another one, Neutron needs a port that has it. */
  private declarePort(router: openstack.networking.Router, subnet: string, ip: string) {
    const network = this.networkOf(subnet);
    const name = `${this.spec.name}-${subnet}-port`;
    return new openstack.networking.Port(
      name,
      {
        name,
        networkId: network?.networkId ?? "",
        fixedIps: [{ subnetId: network?.subnetIds.get(subnet) ?? "", ipAddress: ip }],
      },
      // Neutron removes the port with the interface, and no router goes before its interfaces.
      { parent: this, deleteBeforeReplace: true, deletedWith: router },
    );
  }

  private attach(
    router: openstack.networking.Router,
    subnet: string,
    to: { subnetId: Input<string> } | { portId: Input<string> },
  ) {
    return new openstack.networking.RouterInterface(
      `${this.spec.name}-${subnet}`,
      { routerId: router.id, ...to },
      { parent: this },
    );
  }
}
