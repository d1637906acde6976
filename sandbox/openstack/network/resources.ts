import { z } from "zod";
import type { NetworkOptions, SubnetOptions } from "../../world/network/networks";
import { isVisible } from "../../world/network/networks";
import type { PortOptions } from "../../world/network/ports";
import type { FloatingIp, SecurityGroup, Subnet } from "../../world/network/records";
import type { RouterOptions } from "../../world/network/routers";
import type { FloatingIpOptions } from "../../world/network/floatingIps";
import { Refusal } from "../../world/refusal";
import { omit } from "../../world/omit";
import type { World } from "../../world/world";
import { readAttributes } from "./attributes";
import { checkHostRoutes } from "./hostRoutes";
import { isOwn, overwrite, parse, view, type Resource, type View } from "./resource";
import { trunkResource } from "./trunks";

const fixedIps = z.array(
  z.object({ subnet_id: z.string().optional(), ip_address: z.string().optional() }),
);
const addressPairs = z.array(
  z.object({ ip_address: z.string(), mac_address: z.string().optional() }),
);

/** All the resources, over one world. */
export function resources(world: World): Resource[] {
  return [
    networkResource(world),
    subnetResource(world),
    portResource(world),
    routerResource(world),
    floatingIpResource(world),
    groupResource(world),
    ruleResource(world),
    trunkResource(world),
  ];
}

function networkResource(world: World): Resource {
  const { networks, tables } = world.networking;
  const name = "network";

  return {
    name,
    collection: "networks",
    path: "networks",
    list: (who) =>
      [...tables.networks.values()].filter((network) => isVisible(network, who)).map(view),
    show: (who, id) => view(networks.show(id, who)),
    record: (who, id) => networks.show(id, who),
    create: (who, body) => {
      const given = readAttributes(name, body, false) as NetworkOptions;
      if ((given.shared || given["router:external"]) && !who.isAdmin) {
        throw forbidden("create_network");
      }
      return view(networks.create(who.projectId, given));
    },
    update: (who, id, body) => {
      const network = networks.show(id, who);
      if (!isOwn(who)(network)) throw forbidden("update_network");
      return overwrite(world, network, readAttributes(name, body, true));
    },
    delete: (who, id) => {
      if (!isOwn(who)(networks.show(id, who))) throw forbidden("delete_network");
      networks.delete(id, who);
    },
  };
}

function subnetResource(world: World): Resource {
  const { networks, tables } = world.networking;
  const name = "subnet";
  const read = (body: unknown, isUpdate: boolean) => {
    const given = readAttributes(name, body, isUpdate);
    checkHostRoutes(given["host_routes"]);
    return given;
  };
  const isShared = (subnet: Subnet) => tables.networks.get(subnet.network_id)?.shared === true;
  return {
    name,
    collection: "subnets",
    path: "subnets",
    list: (who) =>
      [...tables.subnets.values()].filter((it) => isOwn(who)(it) || isShared(it)).map(view),
    show: (who, id) => view(networks.showSubnet(id, who)),
    record: (who, id) => networks.showSubnet(id, who),
    create: (who, body) =>
      view(networks.createSubnet(who, read(body, false) as unknown as SubnetOptions)),
    update: (who, id, body) => overwrite(world, networks.showSubnet(id, who), read(body, true)),
    delete: (who, id) => {
      networks.deleteSubnet(id, who);
    },
  };
}

function portResource(world: World): Resource {
  const { networks, ports, tables } = world.networking;
  const name = "port";
  const options = (given: Record<string, unknown>): PortOptions => {
    // Hosts and binding profiles are the provider's business; the sandbox has nothing to bind to.
    const rest = omit(
      given,
      ...["network_id", "project_id", "tenant_id", "binding:profile", "binding:host_id"],
    );
    return {
      ...(rest as PortOptions),
      fixed_ips: parse("fixed_ips", fixedIps.optional(), given["fixed_ips"]),
      allowed_address_pairs: parse(
        "allowed_address_pairs",
        addressPairs.optional(),
        given["allowed_address_pairs"],
      ),
    };
  };
  return {
    name,
    collection: "ports",
    path: "ports",
    list: (who) =>
      [...tables.ports.values()].filter((port) => ports.isVisible(port, who)).map(view),
    show: (who, id) => view(ports.show(id, who)),
    record: (who, id) => ports.show(id, who),
    create: (who, body) => {
      const given = readAttributes(name, body, false);
      const networkId = given["network_id"] as string;
      const network = networks.show(networkId, who);
      // Only the owner of a network decides about MACs on it; everybody may ask for a port.
      if (given["mac_address"] !== undefined && !isOwn(who)(network))
        throw forbidden("create_port");
      return view(ports.create(who.projectId, networkId, options(given)));
    },
    update: (who, id, body) =>
      view(ports.update(id, who, options(readAttributes(name, body, true)))),
    delete: (who, id) => {
      ports.delete(id, who);
    },
  };
}

function routerResource(world: World): Resource {
  const { routers, tables } = world.networking;
  const name = "router";
  const options = (body: unknown, isUpdate: boolean) => {
    const given = readAttributes(name, body, isUpdate);
    return omit(given, "distributed", "project_id", "tenant_id") as RouterOptions;
  };
  return {
    name,
    collection: "routers",
    path: "routers",
    list: (who) => [...tables.routers.values()].filter(isOwn(who)).map(view),
    show: (who, id) => view(routers.show(id, who)),
    record: (who, id) => routers.show(id, who),
    create: (who, body) => view(routers.create(who, options(body, false))),
    update: (who, id, body) => view(routers.update(id, who, options(body, true))),
    delete: (who, id) => {
      routers.delete(id, who);
    },
  };
}

function floatingIpResource(world: World): Resource {
  const { floatingIps, tables } = world.networking;
  const name = "floatingip";
  const floatingIpView = (record: FloatingIp): View => ({
    ...record,
    port_details: portDetails(world, record.port_id),
  });
  const read = (body: unknown, isUpdate: boolean) =>
    readAttributes(name, body, isUpdate) as FloatingIpOptions;
  return {
    name,
    collection: "floatingips",
    path: "floatingips",
    list: (who) => [...tables.floatingIps.values()].filter(isOwn(who)).map(floatingIpView),
    show: (who, id) => floatingIpView(floatingIps.show(id, who)),
    record: (who, id) => floatingIps.show(id, who),
    create: (who, body) => floatingIpView(floatingIps.create(who, read(body, false))),
    update: (who, id, body) => floatingIpView(floatingIps.update(id, who, read(body, true))),
    delete: (who, id) => {
      floatingIps.delete(id, who);
    },
  };
}

function portDetails(world: World, portId: string | null) {
  const port = portId === null ? undefined : world.networking.tables.ports.get(portId);
  if (port === undefined) return null;
  const { name, network_id, mac_address, admin_state_up, status, device_id, device_owner } = port;
  return { name, network_id, mac_address, admin_state_up, status, device_id, device_owner };
}

function groupResource(world: World): Resource {
  const { groups, tables } = world.networking;
  const name = "security_group";
  const groupView = (group: SecurityGroup): View => ({
    ...group,
    security_group_rules: groups.rulesOf(group.id),
  });
  return {
    name,
    collection: "security_groups",
    path: "security-groups",
    list: (who) => {
      groups.defaultOf(who.projectId);
      return [...tables.groups.values()].filter(isOwn(who)).map(groupView);
    },
    show: (who, id) => groupView(groups.show(id, who)),
    record: (who, id) => groups.show(id, who),
    create: (who, body) => {
      const given = readAttributes(name, body, false) as { name?: string; description?: string };
      return groupView(groups.create(who, given.name ?? "", given.description));
    },
    update: (who, id, body) => {
      const group = groups.show(id, who);
      overwrite(world, group, readAttributes(name, body, true));
      return groupView(group);
    },
    delete: (who, id) => {
      groups.delete(id, who);
    },
  };
}

const ruleSchema = z.object({
  security_group_id: z.string(),
  direction: z.enum(["ingress", "egress"]),
  ethertype: z.enum(["IPv4", "IPv6"]).optional(),
  protocol: z.string().nullish(),
  port_range_min: z.number().nullish(),
  port_range_max: z.number().nullish(),
  remote_ip_prefix: z.string().nullish(),
  remote_group_id: z.string().nullish(),
  description: z.string().optional(),
});

function ruleResource(world: World): Resource {
  const { groups, tables } = world.networking;
  const name = "security_group_rule";
  return {
    name,
    collection: "security_group_rules",
    path: "security-group-rules",
    list: (who) => [...tables.rules.values()].filter(isOwn(who)).map(view),
    show: (who, id) => view(groups.showRule(id, who)),
    record: () => {
      throw new Refusal(404, "The resource could not be found.", "HTTPNotFound");
    },
    create: (who, body) => {
      const given = parse(name, ruleSchema, readAttributes(name, body, false));
      return view(groups.createRule(who, given));
    },
    update: () => {
      throw new Refusal(404, "The resource could not be found.", "HTTPNotFound");
    },
    delete: (who, id) => {
      groups.deleteRule(id, who);
    },
  };
}

const forbidden = (rule: string) =>
  new Refusal(403, `rule:${rule} is disallowed by policy`, "PolicyNotAuthorized");
