import { createHash } from "node:crypto";
import { powerStateOf, statusOf, type Flavor, type Server } from "../../world/compute/records";
import type { Port } from "../../world/network/records";
import type { World } from "../../world/world";

const seconds = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;
const microseconds = (date: Date | null) =>
  date === null ? null : `${date.toISOString().slice(0, 19)}.000000`;

function bookmark(origin: string, path: string) {
  return { rel: "bookmark", href: `${origin}/compute/${path}` };
}

/** Nova's pair of links. */
export function links(origin: string, path: string) {
  return [{ rel: "self", href: `${origin}/compute/v2.1/${path}` }, bookmark(origin, path)];
}

/** A server in a short list. */
export function serverSummary(origin: string, { id, name }: Server) {
  return { id, name, links: links(origin, `servers/${id}`) };
}

/** A server in full, as the given microversion shows it. */
export function serverView(
  world: World,
  origin: string,
  server: Server,
  minor: number,
  isForAdmin = false,
) {
  const ports = portsOf(world, server);
  return {
    id: server.id,
    name: server.name,
    status: statusOf(server),
    tenant_id: server.projectId,
    user_id: server.userId,
    metadata: server.metadata,
    hostId: hostId(server),
    image:
      server.imageId === ""
        ? ""
        : { id: server.imageId, links: [bookmark(origin, `images/${server.imageId}`)] },
    flavor: flavorOf(origin, server.flavor, minor),
    created: seconds(server.createdAt),
    updated: seconds(server.updatedAt),
    addresses: server.vmState === "building" ? {} : addresses(world, ports, true),
    accessIPv4: "",
    accessIPv6: "",
    links: links(origin, `servers/${server.id}`),
    "OS-DCF:diskConfig": "MANUAL",
    ...(["active", "building"].includes(server.vmState) || server.vmState === "stopped"
      ? { progress: 0 }
      : {}),
    "OS-EXT-AZ:availability_zone": server.host === "" ? "" : "nova",
    config_drive: server.hasConfigDrive ? "True" : "",
    key_name: server.keyName,
    "OS-SRV-USG:launched_at": microseconds(server.launchedAt),
    "OS-SRV-USG:terminated_at": null,
    ...securityGroups(world, ports),
    "OS-EXT-STS:task_state": server.taskState,
    "OS-EXT-STS:vm_state": server.vmState,
    "OS-EXT-STS:power_state": powerStateOf(server),
    "os-extended-volumes:volumes_attached": server.volumes.map((volume) =>
      minor >= 3
        ? { id: volume.volumeId, delete_on_termination: volume.deleteOnTermination }
        : { id: volume.volumeId },
    ),
    ...faultOf(server),
    ...newerFields(world, server, minor),
    ...(isForAdmin && minor >= 3 ? { "OS-EXT-SRV-ATTR:user_data": server.userData } : {}),
  };
}

// Fields arrive with their microversion: api_version_request.py, REST_API_VERSION_HISTORY.
function newerFields(world: World, server: Server, minor: number): Record<string, unknown> {
  const group = world.compute.serverGroups.get(server.groupId ?? "");
  return {
    ...(minor >= 9 ? { locked: server.isLocked } : {}),
    ...(minor >= 19 ? { description: server.description } : {}),
    ...(minor >= 26 ? { tags: server.tags } : {}),
    ...(minor >= 63 ? { trusted_image_certificates: null } : {}),
    ...(minor >= 71 ? { server_groups: group === undefined ? [] : [group.id] } : {}),
    ...(minor >= 73 ? { locked_reason: null } : {}),
    ...(minor >= 90 ? { "OS-EXT-SRV-ATTR:hostname": server.name.toLowerCase() } : {}),
  };
}

function hostId(server: Server): string {
  if (server.host === "") return "";
  return createHash("sha224")
    .update(server.projectId + server.host)
    .digest("hex");
}

function faultOf({ fault }: Server) {
  if (fault === null) return {};
  return { fault: { code: fault.code, message: fault.message, created: seconds(fault.created) } };
}

function flavorOf(origin: string, flavor: Flavor, minor: number) {
  if (minor < 47) return { id: flavor.id, links: [bookmark(origin, `flavors/${flavor.id}`)] };
  const { vcpus, ram, disk, name } = flavor;
  return { vcpus, ram, disk, ephemeral: 0, swap: 0, original_name: name, extra_specs: {} };
}

/** The server's ports, in the order in which they were asked for. */
export function portsOf(world: World, server: Server): Port[] {
  const { ports } = world.networking.tables;
  return server.portIds.flatMap((id) => ports.get(id) ?? []);
}

/** Network name → addresses, fixed and floating. */
export function addresses(world: World, ports: readonly Port[], isExtended: boolean) {
  const { networks, floatingIps } = world.networking.tables;
  const result: Record<string, unknown[]> = {};
  for (const port of ports) {
    const name = networks.get(port.network_id)?.name ?? port.network_id;
    const list = (result[name] ??= []);
    const entry = (addr: string, type: string) => ({
      version: addr.includes(":") ? 6 : 4,
      addr,
      ...(isExtended
        ? { "OS-EXT-IPS:type": type, "OS-EXT-IPS-MAC:mac_addr": port.mac_address }
        : {}),
    });
    for (const ip of port.fixed_ips) list.push(entry(ip.ip_address, "fixed"));
    for (const ip of floatingIps.values()) {
      if (ip.port_id === port.id) list.push(entry(ip.floating_ip_address, "floating"));
    }
  }
  return result;
}

function securityGroups(world: World, ports: readonly Port[]) {
  const { groups } = world.networking.tables;
  const ids = new Set(ports.flatMap((port) => port.security_groups));
  if (ids.size === 0) return {};
  return { security_groups: [...ids].map((id) => ({ name: groups.get(id)?.name ?? id })) };
}

/** A flavor in full. */
export function flavorView(origin: string, flavor: Flavor, minor: number) {
  return {
    id: flavor.id,
    name: flavor.name,
    ram: flavor.ram,
    disk: flavor.disk,
    swap: minor >= 75 ? 0 : "",
    "OS-FLV-EXT-DATA:ephemeral": 0,
    "OS-FLV-DISABLED:disabled": false,
    vcpus: flavor.vcpus,
    "os-flavor-access:is_public": true,
    rxtx_factor: 1.0,
    links: links(origin, `flavors/${flavor.id}`),
    ...(minor >= 55 ? { description: null } : {}),
    ...(minor >= 61 ? { extra_specs: {} } : {}),
  };
}

/** An entry of os-interface. */
export function interfaceView(port: Port) {
  return {
    net_id: port.network_id,
    port_id: port.id,
    mac_addr: port.mac_address,
    port_state: port.status,
    fixed_ips: port.fixed_ips,
  };
}
