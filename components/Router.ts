import * as openstack from "@pulumi/openstack";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { EnvironmentRouter } from "../snapset/environment/environment";
import { given } from "./Network";

/** A router of an environment: a gateway to an external network, an interface in each subnet. */
export class Router extends ComponentResource {
  readonly interfaces: readonly openstack.networking.RouterInterface[];

  constructor(
    private readonly spec: EnvironmentRouter,
    subnets: ReadonlyMap<string, openstack.networking.Subnet>,
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
          external === undefined ? undefined : externalNetworkId(external),
        ),
      },
      { parent: this },
    );
    this.interfaces = spec.subnets.flatMap((name) => {
      const subnet = subnets.get(name);
      return subnet === undefined ? [] : [this.attach(router, subnet, `${spec.name}-${name}`)];
    });
    for (const route of spec.routes ?? []) this.declareRoute(router, route);
    this.registerOutputs({ routerId: router.id });
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

  private attach(
    router: openstack.networking.Router,
    subnet: openstack.networking.Subnet,
    name: string,
  ) {
    return new openstack.networking.RouterInterface(
      name,
      { routerId: router.id, subnetId: subnet.id },
      { parent: this },
    );
  }
}

function externalNetworkId(name: string) {
  return openstack.networking.getNetworkOutput({ name, external: true }).id;
}
