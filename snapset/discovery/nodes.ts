import { Buffer } from "node:buffer";
import type { Environment, EnvironmentNode, EnvironmentPort } from "../environment/environment";
import type { Role } from "../roles";
import { orderNics } from "./nics";
import type { ObservedServer } from "./observed";
import { portOf, type PortSurroundings } from "./ports";

/** A server of the capture, and what the capture knows of it. */
export interface CapturedServer {
  /** The member's name, by which the node finds its image. */
  name: string;
  role: Role;
  server: ObservedServer;
  /** Null when the cloud does not show it. */
  flavor: string | null;
  /** The name of the image that it was made from; null when nobody knows it. */
  image: string | null;
}

/** What nodes are looked at among. */
export interface NodeSurroundings extends PortSurroundings {
  /** What servers groups are called, by the ids of their members. */
  serverGroups: ReadonlyMap<string, string>;
  declared: Environment | null;
}

/** Nova puts a server there whose maker has not asked for a zone (nova `conf/availability_zone.py`). */
const defaultZone = "nova";

/** A server as a node, its ports in the guest's order. */
export function nodeOf(captured: CapturedServer, around: NodeSurroundings): EnvironmentNode {
  const { name, role, server, flavor, image } = captured;
  const { say, serverGroups } = around;
  if (flavor === null) {
    say(`node ${name} has a flavor that is not shown: the set calls it ${unknownFlavor}`);
  }
  const zone = server["OS-EXT-AZ:availability_zone"] ?? defaultZone;
  const serverGroup = serverGroups.get(server.id);
  return {
    name,
    role,
    ...(image === null ? {} : { image }),
    flavor: flavor ?? unknownFlavor,
    configDrive: server.config_drive !== "",
    ...userDataOf(server),
    ...(server.key_name != null && server.key_name !== "" ? { keyPair: server.key_name } : {}),
    ...(zone !== "" && zone !== defaultZone ? { availabilityZone: zone } : {}),
    ...(serverGroup === undefined ? {} : { serverGroup }),
    metadata: ownMetadata(server.metadata),
    ports: portsInOrder(captured, around),
    volumes: [],
  };
}

const unknownFlavor = "unknown";

/** Keys of the tool's own are written anew on what is restored. */
function ownMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).filter(([key]) => !key.startsWith("snapset_")),
  );
}

/** What is no text stays in base64: the OpenStack provider takes either. */
function userDataOf(server: ObservedServer): Pick<EnvironmentNode, "userData"> {
  const encoded = server["OS-EXT-SRV-ATTR:user_data"];
  if (encoded == null || encoded === "") return {};
  const bytes = Buffer.from(encoded, "base64");
  const text = bytes.toString("utf8");
  return { userData: Buffer.from(text, "utf8").equals(bytes) ? text : encoded };
}

function portsInOrder(captured: CapturedServer, around: NodeSurroundings): EnvironmentPort[] {
  const { name, server } = captured;
  const { cloud, declared, say } = around;
  const ports = cloud.ports.filter(({ device_id }) => device_id === server.id);
  const networkNames = new Map(cloud.networks.map((network) => [network.id, network.name]));
  const order = orderNics(ports, server, networkNames);
  const found = order.ports.flatMap((port) => portOf(port, around) ?? []);
  if (order.isCertain) return found;
  const node = declared?.nodes.find((it) => it.name === name);
  const asDeclared = inDeclaredOrder(found, node?.ports ?? []);
  if (asDeclared !== undefined) return asDeclared;
  say(
    `node ${name}: the cloud does not tell the order of all its ports; the set has them as ` +
      found.map(({ mac }) => mac).join(", "),
  );
  return found;
}

/** The ports in the order of those declared; undefined unless each is one of them. */
function inDeclaredOrder(
  found: readonly EnvironmentPort[],
  declared: readonly EnvironmentPort[],
): EnvironmentPort[] | undefined {
  const places = found.map((port) => ({
    port,
    place: declared.findIndex((it) => isSamePort(it, port)),
  }));
  const isWhole = new Set(places.map(({ place }) => place)).size === found.length;
  if (!isWhole || places.some(({ place }) => place === -1)) return undefined;
  return places.toSorted((a, b) => a.place - b.place).map(({ port }) => port);
}

/** By what is surest: a MAC that was declared, an address, a name. */
function isSamePort(declared: EnvironmentPort, found: EnvironmentPort): boolean {
  if (declared.network !== found.network) return false;
  if (declared.mac !== undefined) return declared.mac === found.mac;
  const ips = declared.fixedIps.flatMap(({ ip }) => ip ?? []);
  if (ips.length > 0) return found.fixedIps.some(({ ip }) => ip !== undefined && ips.includes(ip));
  return declared.name !== undefined && declared.name === found.name;
}
