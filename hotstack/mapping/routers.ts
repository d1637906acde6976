import { isMap, Unknown, type Value } from "../values";
import type { ResolvedResource } from "../hot/stack";
import { given, mapsOf, nameOf, textOf, type Resources } from "./Resources";
import type { Mapped } from "./toEnvironment";

const routerType = "OS::Neutron::Router";

/** Routers with their gateways, interfaces and extra routes. */
export function routersOf(resources: Resources): Mapped<object>[] {
  const interfaces = resources.of("OS::Neutron::RouterInterface").map((it) => ({
    router: resources.target(it, "router", routerType),
    ...interfaceOf(it, resources),
  }));
  const routes = resources.of("OS::Neutron::ExtraRoute").map((it) => ({
    router: resources.target(it, "router_id", routerType),
    route: {
      destination: textOf(resources, it, "destination"),
      nexthop: textOf(resources, it, "nexthop"),
    },
  }));
  return resources.of(routerType).map((router) => {
    const attached = interfaces.filter((it) => it.router === router);
    const byPort = attached.flatMap(({ port }) => port ?? []);
    const own = routes.filter((it) => it.router === router).map(({ route }) => route);
    return {
      resource: router.name,
      place: router.place,
      data: {
        name: nameOf(router),
        ...given("externalNetwork", gatewayOf(router, resources)),
        ...given("enableSnat", enableSnatOf(router)),
        subnets: attached.flatMap(({ subnet }) => (subnet === undefined ? [] : [nameOf(subnet)])),
        ...given("interfaces", byPort.length === 0 ? undefined : byPort),
        ...given("routes", own.length === 0 ? undefined : own),
      },
    };
  });
}

/** What a router has in a subnet: the gateway's address, or that of a port. */
function interfaceOf(it: ResolvedResource, resources: Resources) {
  const { subnet, port } = it.properties;
  if ((subnet === undefined) === (port === undefined)) {
    resources.problems.add(it.place, `resources.${it.name}: needs a subnet, or a port`);
    return {};
  }
  if (port === undefined) return { subnet: resources.target(it, "subnet", "OS::Neutron::Subnet") };
  const target = resources.target(it, "port", "OS::Neutron::Port");
  return target === undefined ? {} : { port: routerPort(target, resources) };
}

/** A router's port is known by its address alone. */
function routerPort(port: ResolvedResource, resources: Resources) {
  resources.use(port);
  const [fixed, another] = mapsOf(port, "fixed_ips");
  const subnet =
    fixed?.["subnet"] === undefined
      ? undefined
      : resources.byId(
          fixed["subnet"],
          "OS::Neutron::Subnet",
          port.placeOf("fixed_ips"),
          `resources.${port.name}.fixed_ips[0].subnet`,
        );
  if (subnet !== undefined && typeof fixed?.["ip_address"] === "string" && another === undefined) {
    return { subnet: nameOf(subnet), ip: fixed["ip_address"] };
  }
  const text = "a router's port needs one address, with its subnet and its ip_address";
  resources.problems.add(port.placeOf("fixed_ips"), `resources.${port.name}.fixed_ips: ${text}`);
  return undefined;
}

/** Clouds do it unless they are told not to, and most let only administrators say anything. */
function enableSnatOf({ properties }: ResolvedResource): false | undefined {
  const info = properties["external_gateway_info"];
  return info !== undefined && isMap(info) && info["enable_snat"] === false ? false : undefined;
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
