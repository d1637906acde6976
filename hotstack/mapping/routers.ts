import { isMap, Unknown, type Value } from "../values";
import type { ResolvedResource } from "../hot/stack";
import { given, nameOf, textOf, type Resources } from "./Resources";
import type { Mapped } from "./toEnvironment";

const routerType = "OS::Neutron::Router";

/** Routers with their gateways, interfaces and extra routes. */
export function routersOf(resources: Resources): Mapped<object>[] {
  const interfaces = resources.of("OS::Neutron::RouterInterface").map((it) => ({
    router: resources.target(it, "router", routerType),
    subnet: resources.target(it, "subnet", "OS::Neutron::Subnet"),
  }));
  const routes = resources.of("OS::Neutron::ExtraRoute").map((it) => ({
    router: resources.target(it, "router_id", routerType),
    route: {
      destination: textOf(resources, it, "destination"),
      nexthop: textOf(resources, it, "nexthop"),
    },
  }));
  return resources.of(routerType).map((router) => {
    const own = routes.filter((it) => it.router === router).map(({ route }) => route);
    return {
      resource: router.name,
      place: router.place,
      data: {
        name: nameOf(router),
        ...given("externalNetwork", gatewayOf(router, resources)),
        subnets: interfaces
          .filter((it) => it.router === router)
          .flatMap(({ subnet }) => (subnet === undefined ? [] : [nameOf(subnet)])),
        ...given("routes", own.length === 0 ? undefined : own),
      },
    };
  });
}

/** The name of the external network: it is not of this template. */
function gatewayOf(router: ResolvedResource, { problems }: Resources): Value | undefined {
  const info = router.properties["external_gateway_info"];
  const network = info !== undefined && isMap(info) ? info["network"] : undefined;
  if (!(network instanceof Unknown)) return network;
  problems.add(
    router.placeOf("external_gateway_info"),
    `resources.${router.name}.external_gateway_info.network: must be the name of a network`,
  );
  return undefined;
}
