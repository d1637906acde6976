import type { BareMetalNode } from "../../openstack";
import {
  restoredImageKey,
  restoreMarkKey,
  snapshotMarkKey,
  type NodeView,
} from "../../snapset/ironic/node";
import { normalizeMac } from "../../snapset/mac";
import type { Context } from "../context";

/** All nodes that the project can see, by uuid, from one list call; without their MACs. */
export async function observeNodes({ cloud }: Context): Promise<Map<string, NodeView>> {
  const nodes = await cloud.bareMetal.listNodes();
  return new Map(nodes.map((node) => [node.uuid, viewOf(node, [])]));
}

/** The same with the MACs of their ports, from one more list call. */
export async function observeNodesWithPorts({
  cloud,
}: Pick<Context, "cloud">): Promise<Map<string, NodeView>> {
  const [nodes, ports] = await Promise.all([
    cloud.bareMetal.listNodes(),
    cloud.bareMetal.listPorts(),
  ]);
  const macs = new Map<string, string[]>();
  for (const { node_uuid, address } of ports) {
    macs.set(node_uuid, [...(macs.get(node_uuid) ?? []), normalizeMac(address) ?? address]);
  }
  return new Map(nodes.map((node) => [node.uuid, viewOf(node, macs.get(node.uuid) ?? [])]));
}

/** A node by its uuid, else by its name. */
export function findNode(
  nodes: ReadonlyMap<string, NodeView>,
  ident: string,
): NodeView | undefined {
  return nodes.get(ident) ?? [...nodes.values()].find(({ name }) => name === ident);
}

function viewOf(node: BareMetalNode, macAddresses: readonly string[]): NodeView {
  const { extra, properties } = node;
  const disk = Number(properties["local_gb"] ?? Number.NaN);
  const rootDevice = properties["root_device"];
  return {
    uuid: node.uuid,
    name: node.name,
    driver: node.driver,
    provisionState: node.provision_state ?? "none",
    provisionUpdatedAt: node.provision_updated_at,
    powerState: node.power_state,
    targetPowerState: node.target_power_state,
    powerChangedAt: textOf(node.driver_internal_info["last_power_state_change"]),
    lastError: node.last_error,
    isInMaintenance: node.maintenance,
    maintenanceReason: node.maintenance_reason,
    reservation: node.reservation,
    isProtected: node.protected,
    owner: node.owner,
    lessee: node.lessee,
    serverId: node.instance_uuid,
    snapshotInterface: node.snapshot_interface ?? undefined,
    imageId: textOf(node.instance_info["image_source"])?.replace(/^glance:\/\//, ""),
    diskGb: Number.isNaN(disk) ? undefined : disk,
    rootDevice: isRecord(rootDevice) ? rootDevice : undefined,
    snapshotMark: textOf(extra[snapshotMarkKey]),
    restoreMark: textOf(extra[restoreMarkKey]),
    restoredImageId: textOf(node.instance_info[restoredImageKey]),
    macAddresses,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
