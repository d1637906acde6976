import { z } from "zod";
import type { BareMetalPort, JsonObject } from "../../world/baremetal/records";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import type { Ctx } from "../face";
import { canSee, visibleNode } from "./policy";
import { pageOf, parametersOf } from "./query";
import { only, portView } from "./views";

const known = [
  ...["node", "node_uuid", "address", "portgroup", "fields", "detail", "marker", "limit"],
  ...["sort_key", "sort_dir"],
];

/** GET /v1/ports, /v1/ports/detail, and those of one node. @throws {Refusal} as Ironic refuses */
export function listPorts(
  c: Ctx,
  world: World,
  { isDetail, ofNode }: { isDetail: boolean; ofNode?: string },
): JsonObject {
  const query = parametersOf(c.req.url, known);
  // Under a node's name Ironic looks for a portgroup, and finds none.
  if (ofNode !== undefined && !z.guid().safeParse(ofNode).success) {
    throw new Refusal(404, "Portgroup None could not be found.");
  }
  const ident = ofNode ?? query.get("node") ?? query.get("node_uuid");
  const nodeUuid = ident === null ? undefined : visibleNode(c, world, ident).uuid;
  const address = query.get("address")?.toLowerCase();
  const seen = new Set(
    world.bareMetal
      .nodes()
      .filter((node) => canSee(c, node))
      .map(({ uuid }) => uuid),
  );
  const all = world.bareMetal
    .ports()
    .filter((port) => seen.has(port.nodeUuid))
    .filter((port) => (nodeUuid ?? port.nodeUuid) === port.nodeUuid)
    .filter((port) => (address ?? port.address) === port.address);
  const { items, fullAt } = pageOf(all, query, "Port");
  const fields = query.get("fields")?.split(",") ?? ["uuid", "address"];
  const ports = items.map((port) => viewOf(port, c, isDetail ? undefined : fields));
  const last = items.at(-1);
  if (last === undefined || fullAt === undefined) return { ports };
  const path = isDetail ? "ports/detail" : "ports";
  const next = `${c.env.origin}/baremetal/v1/${path}?sort_key=id&sort_dir=asc&limit=${fullAt}&marker=${last.uuid}`;
  return { ports, next };
}

function viewOf(port: BareMetalPort, c: Ctx, fields: readonly string[] | undefined): JsonObject {
  const view = portView(port, c.env.origin);
  return fields === undefined ? view : only(view, fields);
}

/** POST /v1/ports. @throws {Refusal} 400 for a body that does not fit, 409 for a MAC that is taken */
export function createPort(c: Ctx, world: World): BareMetalPort {
  const wanted = z.looseObject({ node_uuid: z.string(), address: z.string() });
  const { node_uuid, address } = wanted.parse(c.get("body"));
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(address)) {
    throw new Refusal(400, `Expected a MAC address but received ${address}.`);
  }
  return world.bareMetal.createPort(visibleNode(c, world, node_uuid), address.toLowerCase());
}
