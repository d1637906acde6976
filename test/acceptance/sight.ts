import type { OpenStack } from "../../openstack";
import { compare } from "../../snapset/discovery/names";

/** All that a restore has to bring back of an environment, as the cloud shows it; without ids. */
export type Sight = Awaited<ReturnType<typeof sightOf>>;

type Network = OpenStack["network"];
type Port = Awaited<ReturnType<Network["listPorts"]>>[number];

/**
 * Looks at what begins with `yard-` and at some servers.
 *
 * @param servers ids by name
 */
export async function sightOf(
  { network, compute, blockStorage }: OpenStack,
  servers: Readonly<Record<string, string>>,
) {
  const isOurs = ({ name }: { name: string }) => name.startsWith("yard-");
  const all = await network.listNetworks();
  const networks = all.filter(isOurs).toSorted((a, b) => compare(a.name, b.name));
  const ids = new Set(networks.map(({ id }) => id));
  const subnets = (await network.listSubnets()).filter((it) => ids.has(it.network_id));
  const ports = (await network.listPorts()).filter((it) => ids.has(it.network_id));
  const groups = await network.listSecurityGroups();
  const floatingIps = await network.listFloatingIps();
  const nameOf = (things: { id: string; name: string }[], id: string) =>
    things.find((it) => it.id === id)?.name ?? id;
  const seen = (port: Port) => ({
    network: nameOf(all, port.network_id),
    mac: port.mac_address,
    ips: port.fixed_ips.map(({ ip_address }) => ip_address).toSorted(compare),
    portSecurity: port.port_security_enabled,
    groups: port.security_groups.map((id) => nameOf(groups, id)).toSorted(compare),
    pairs: port.allowed_address_pairs,
    floatingIp: floatingIps.find(({ port_id }) => port_id === port.id)?.floating_ip_address,
  });
  const byMac = (mac: string) => ports.find(({ mac_address }) => mac_address === mac);
  const serverGroups = await compute.listServerGroups();
  const lookAt = async (id: string) => {
    const server = await compute.showServer(id);
    const group = serverGroups.find(({ members }) => members.includes(id));
    // Nova tells the order; Neutron has none.
    const macs = Object.values(server.addresses)
      .flat()
      .map((it) => it["OS-EXT-IPS-MAC:mac_addr"]);
    const volumes = await Promise.all(
      (await compute.listVolumeAttachments(id)).map(async ({ volumeId, device }) => {
        const { name, size } = await blockStorage.showVolume(volumeId);
        return { name, size, device };
      }),
    );
    const { purpose } = server.metadata;
    return {
      nics: [...new Set(macs)].flatMap((mac) => byMac(mac) ?? []).map(seen),
      flavor: (await compute.showFlavor(server.flavor.id)).name,
      configDrive: server.config_drive,
      purpose,
      serverGroup: group && `${group.name}: ${group.policies.join()}`,
      volumes,
    };
  };
  const entries = Object.entries(servers).map(
    async ([name, id]) => [name, await lookAt(id)] as const,
  );
  const trunks = await network.listTrunks();
  return {
    servers: Object.fromEntries(await Promise.all(entries)),
    networks: networks.map(({ id, name, mtu, port_security_enabled }) => ({
      name,
      mtu,
      port_security_enabled,
      subnets: subnets.filter((it) => it.network_id === id).map(withoutIds),
    })),
    spare: ports
      .filter(({ device_id, device_owner }) => device_id === "" && device_owner === "")
      .toSorted((x, y) => compare(x.name, y.name))
      .map((port) => ({ name: port.name, ...seen(port) })),
    routers: (await network.listRouters()).filter(isOurs).map((router) => ({
      name: router.name,
      external: nameOf(all, router.external_gateway_info?.network_id ?? ""),
      snat: router.external_gateway_info?.enable_snat,
      routes: router.routes,
      addresses: ports
        .filter(({ device_id }) => device_id === router.id)
        .flatMap(({ fixed_ips }) => fixed_ips.map(({ ip_address }) => ip_address))
        .toSorted(compare),
    })),
    groups: groups.filter(isOurs).map(({ name, description, security_group_rules }) => ({
      name,
      description,
      rules: security_group_rules
        .map((rule) =>
          JSON.stringify([
            ...[rule.direction, rule.ethertype, rule.protocol, rule.remote_ip_prefix],
            ...[rule.port_range_min, rule.port_range_max],
            rule.remote_group_id === null ? null : nameOf(groups, rule.remote_group_id),
          ]),
        )
        .toSorted(compare),
    })),
    trunks: trunks.filter(isOurs).map(({ name, port_id, sub_ports }) => ({
      name,
      parent: ports.find(({ id }) => id === port_id)?.mac_address,
      subports: sub_ports.map(({ port_id: child, segmentation_id }) => [
        segmentation_id,
        ...ports.filter(({ id }) => id === child).map(seen),
      ]),
    })),
  };
}

function withoutIds(subnet: object) {
  const ids = ["id", "network_id", "project_id"];
  return Object.fromEntries(Object.entries(subnet).filter(([key]) => !ids.includes(key)));
}
