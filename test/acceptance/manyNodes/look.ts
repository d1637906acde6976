import type { Sandbox } from "../../../sandbox";

/** What the cloud has of an environment, by names, MACs and addresses: no ids, which change. */
export function lookAt({ world }: Sandbox) {
  const { ports, networks, trunks, subnets, groups, rules, routers } = world.networking.tables;
  const { compute } = world;
  const groupName = (id: string | null) => groups.get(id ?? "")?.name ?? null;

  const portOf = (id: string) => {
    const port = ports.get(id);
    if (port === undefined) throw new Error(`there is no port ${id}`);
    return {
      network: networks.get(port.network_id)?.name,
      mac: port.mac_address,
      ips: port.fixed_ips.map((it) => it.ip_address),
      groups: port.security_groups.map(groupName).toSorted(),
      isSecured: port.port_security_enabled,
      pairs: port.allowed_address_pairs.map((it) => it.ip_address),
      trunk: [...trunks.values()]
        .filter((it) => it.port_id === id)
        .map((it): object => ({
          name: it.name,
          // They have no order: a VLAN's tag says which is which.
          subports: it.sub_ports
            .toSorted((a, b) => a.segmentation_id - b.segmentation_id)
            .map((sub): object => ({ vlan: sub.segmentation_id, ...portOf(sub.port_id) })),
        })),
    };
  };

  return {
    servers: Object.fromEntries(
      compute.servers.all().map((server) => [
        server.name,
        {
          nics: server.portIds.map(portOf),
          group: compute.serverGroups.get(server.groupId ?? "")?.name ?? null,
        },
      ]),
    ),
    rules: [...rules.values()]
      .filter((it) => groupName(it.security_group_id) !== "default")
      .map((it) =>
        [
          ...[groupName(it.security_group_id), it.direction, it.ethertype, it.protocol],
          ...[it.port_range_min, it.port_range_max, it.remote_ip_prefix],
          groupName(it.remote_group_id),
        ].join(" "),
      )
      .toSorted(),
    hostRoutes: [...subnets.values()].flatMap((it) => it.host_routes),
    routers: [...routers.values()].map((router) =>
      [...ports.values()]
        .filter((it) => it.device_id === router.id && it.device_owner.endsWith("interface"))
        .map((it) => it.fixed_ips[0]?.ip_address)
        .toSorted(),
    ),
  };
}

/** On how many hosts the servers of a group are. */
export function hostsOf({ world }: Sandbox, group: string): number {
  const { servers, serverGroups } = world.compute;
  const members = servers.all().filter((it) => serverGroups.get(it.groupId ?? "")?.name === group);
  return new Set(members.map(({ host }) => host)).size;
}
