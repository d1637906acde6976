import type { Caller } from "../identity";
import { found, Refusal } from "../refusal";
import { checkNetworkQuota } from "./quota";
import type { Ports } from "./ports";
import type { NetworkTables, Subport, Trunk } from "./records";

/** What a request may say about a trunk. */
export interface TrunkOptions extends Partial<
  Pick<Trunk, "name" | "description" | "admin_state_up">
> {
  sub_ports?: Subport[] | undefined;
}

/**
 * Trunks: a parent port that carries the frames of others, told apart by VLAN tags.
 *
 * Source: Neutron `services/trunk/plugin.py`, `exceptions.py`.
 */
export class Trunks {
  constructor(
    private readonly tables: NetworkTables,
    private readonly ports: Ports,
  ) {}

  create(who: Caller, portId: string, { sub_ports = [], ...options }: TrunkOptions): Trunk {
    checkUnique(sub_ports);
    checkNetworkQuota(this.tables, "trunk", this.tables.trunks.values(), who.projectId);
    const parent = this.ports.show(portId, who);
    this.#checkFree(portId, parent.device_id);
    const trunk: Trunk = {
      name: options.name ?? "",
      description: options.description ?? "",
      admin_state_up: options.admin_state_up ?? true,
      port_id: portId,
      status: "DOWN",
      sub_ports: [],
      tags: [],
      ...this.tables.stamp(who.projectId),
      revision_number: 0,
    };
    this.#check(trunk, who, sub_ports);
    trunk.sub_ports = [...sub_ports];
    this.tables.trunks.set(trunk.id, trunk);
    return trunk;
  }

  show(id: string, who: Caller): Trunk {
    const trunk = this.tables.trunks.get(id);
    const isOwn = who.isAdmin || trunk?.project_id === who.projectId;
    return found(
      isOwn ? trunk : undefined,
      () => new Refusal(404, `Trunk ${id} could not be found.`, "TrunkNotFound"),
    );
  }

  addSubports(id: string, who: Caller, subports: readonly Subport[]): Trunk {
    checkUnique(subports);
    const trunk = this.show(id, who);
    this.#check(trunk, who, subports);
    trunk.sub_ports = [...trunk.sub_ports, ...subports];
    this.tables.touch(trunk);
    return trunk;
  }

  removeSubports(id: string, who: Caller, subports: readonly { port_id: string }[]): Trunk {
    const trunk = this.show(id, who);
    for (const { port_id } of subports) {
      if (trunk.sub_ports.some((it) => it.port_id === port_id)) continue;
      throw new Refusal(
        404,
        `SubPort on trunk ${id} with parent port ${port_id} could not be found.`,
        "SubPortNotFound",
      );
    }
    trunk.sub_ports = trunk.sub_ports.filter(
      (it) => !subports.some(({ port_id }) => port_id === it.port_id),
    );
    this.tables.touch(trunk);
    return trunk;
  }

  delete(id: string, who: Caller): void {
    const trunk = this.show(id, who);
    const device = this.tables.ports.get(trunk.port_id)?.device_id ?? "";
    if (device !== "") {
      throw new Refusal(409, `Trunk ${id} is currently in use.`, "TrunkInUse");
    }
    this.tables.trunks.delete(id);
  }

  #check(trunk: Trunk, who: Caller, subports: readonly Subport[]): void {
    const tags = new Set(trunk.sub_ports.map((it) => it.segmentation_id));
    for (const { port_id, segmentation_id } of subports) {
      const port = this.ports.show(port_id, who);
      if (segmentation_id < 1 || segmentation_id > 4094) {
        throw new Refusal(
          400,
          `Invalid input for operation: Segmentation ID '${segmentation_id}' is not in range.`,
          "InvalidInput",
        );
      }
      if (port_id === trunk.port_id) throw parentInUse(port_id);
      this.#checkFree(port_id, port.device_id);
      if (tags.has(segmentation_id)) {
        throw new Refusal(
          409,
          `segmentation_type vlan and segmentation_id ${segmentation_id} already in use on trunk ${trunk.id}.`,
          "DuplicateSubPort",
        );
      }
      tags.add(segmentation_id);
    }
  }

  #checkFree(portId: string, deviceId: string): void {
    const trunk = this.ports.trunkOf(portId);
    if (trunk !== undefined && trunk.port_id !== portId) {
      throw new Refusal(409, `Port ${portId} is in use by another trunk.`, "TrunkPortInUse");
    }
    // Drivers such as Open vSwitch's take no port that a server has already.
    if (trunk !== undefined || deviceId !== "") throw parentInUse(portId);
  }
}

const parentInUse = (portId: string) =>
  new Refusal(
    409,
    `Port ${portId} is currently in use and is not eligible for use as a parent port.`,
    "ParentPortInUse",
  );

/** What Neutron's API layer looks at, before anything else. */
function checkUnique(subports: readonly Subport[]): void {
  const ports = new Set<string>();
  const tags = new Set<number>();
  for (const { port_id, segmentation_id } of subports) {
    const reason = ports.has(port_id)
      ? `Non unique UUID for subport: '${port_id}'`
      : tags.has(segmentation_id)
        ? `Segmentation ID '${segmentation_id}' for '${port_id}' is not unique`
        : undefined;
    if (reason !== undefined) {
      throw new Refusal(400, `Invalid input for sub_ports. Reason: ${reason}.`, "HTTPBadRequest");
    }
    ports.add(port_id);
    tags.add(segmentation_id);
  }
}
