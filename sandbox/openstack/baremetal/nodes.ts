import { z } from "zod";
import type { NodeFields } from "../../world/baremetal/records";
import { conductorHost, nodeLocked } from "../../world/baremetal/Tasks";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { param, type Ctx } from "../face";
import type { AddRoute } from "./app";
import { isDriver } from "./drivers";
import { checkFields, listNodes } from "./nodeList";
import { patchNode } from "./patch";
import { changeableNode, requireAdmin, visibleNode } from "./policy";
import { provision, setPower } from "./provision";
import { parametersOf } from "./query";
import { validation } from "./validate";
import { snapshotMinor } from "./version";
import { nodeView, only, statesView } from "./views";

/** Everything under /v1/nodes but the ports. */
export function addNodeRoutes(route: AddRoute, world: World): void {
  route("get", "/nodes", "listNodes", (c, minor) => c.json(listNodes(c, world, minor, false)));
  route("get", "/nodes/detail", "listNodes", (c, minor) =>
    c.json(listNodes(c, world, minor, true)),
  );
  route("post", "/nodes", "createNode", (c, minor) => createNode(c, world, minor));
  route("get", "/nodes/:ident", "showNode", (c, minor) => showNode(c, world, minor));
  route("patch", "/nodes/:ident", "updateNode", (c, minor) => updateNode(c, world, minor));
  route("delete", "/nodes/:ident", "deleteNode", (c) => {
    const node = changeableNode(c, world, param(c, "ident"), "baremetal:node:delete");
    world.bareMetal.deleteNode(node);
    return c.body(null, 204);
  });
  route("get", "/nodes/:ident/validate", "validateNode", (c, minor) =>
    c.json(validation(visibleNode(c, world, param(c, "ident")), minor >= snapshotMinor)),
  );
  addStateRoutes(route, world);
  addMaintenanceRoutes(route, world);
}

function addStateRoutes(route: AddRoute, world: World): void {
  route("get", "/nodes/:ident/states", "showStates", (c, minor) =>
    c.json(statesView(visibleNode(c, world, param(c, "ident")), minor)),
  );
  route("put", "/nodes/:ident/states/provision", withTarget("setProvisionState"), (c, minor) => {
    const ident = param(c, "ident");
    const node = changeableNode(c, world, ident, "baremetal:node:set_provision_state");
    provision(world, node, c.get("body"), minor);
    return accepted(c, ident);
  });
  route("put", "/nodes/:ident/states/power", withTarget("setPowerState"), (c) => {
    const ident = param(c, "ident");
    const node = changeableNode(c, world, ident, "baremetal:node:set_power_state");
    setPower(world, node, ident, c.get("body"));
    return accepted(c, ident);
  });
  route("get", "/nodes/:ident/management/boot_device", "showBootDevice", (c) => {
    const node = visibleNode(c, world, param(c, "ident"));
    const device = world.bareMetal.machineOf(node)?.bootDevice ?? "pxe";
    return c.json({ boot_device: device, persistent: device === "disk" });
  });
}

function addMaintenanceRoutes(route: AddRoute, world: World): void {
  const set = (isIt: boolean) => (c: Ctx) => {
    const rule = `baremetal:node:${isIt ? "set" : "clear"}_maintenance`;
    const node = changeableNode(c, world, param(c, "ident"), rule);
    if (node.reservation !== null) throw nodeLocked(node);
    const body = z.object({ reason: z.string().nullish() }).catch({}).parse(c.get("body"));
    node.fields.maintenance = isIt;
    node.maintenanceReason = isIt ? (body.reason ?? null) : null;
    node.updatedAt = world.clock.now();
    return c.body(null, 202);
  };
  route("put", "/nodes/:ident/maintenance", "setMaintenance", set(true));
  route("delete", "/nodes/:ident/maintenance", "clearMaintenance", set(false));
}

/** The name of an action with the target that is asked for, as the log and faults have it. */
function withTarget(action: string) {
  return (c: Ctx) => {
    const body = z.object({ target: z.string() }).safeParse(c.get("body"));
    return body.success ? `${action} ${body.data.target}` : action;
  };
}

function accepted(c: Ctx, ident: string): Response {
  const location = `${c.env.origin}/baremetal/v1/nodes/${ident}/states`;
  return c.body(null, 202, { location });
}

function showNode(c: Ctx, world: World, minor: number): Response {
  const fields = parametersOf(c.req.url, ["fields"]).get("fields")?.split(",");
  if (fields !== undefined) checkFields(fields, minor);
  const view = nodeView(visibleNode(c, world, param(c, "ident")), c.env.origin, minor);
  const links = ["links", "ports", "states", "portgroups", "volume"];
  const wrong = fields?.find((field) => !(field in view) || links.includes(field));
  if (wrong !== undefined) throw new Refusal(400, `Field ${wrong} is not a valid field.`);
  return c.json(fields === undefined ? view : only(view, fields));
}

function updateNode(c: Ctx, world: World, minor: number): Response {
  const ident = param(c, "ident");
  const node = changeableNode(c, world, ident, "baremetal:node:update");
  patchNode(node, ident, c.get("body"), minor >= snapshotMinor);
  node.updatedAt = world.clock.now();
  // Ironic reads the node before it lets go of it.
  const shown = { ...node, reservation: conductorHost };
  return c.json(nodeView(shown, c.env.origin, minor));
}

function createNode(c: Ctx, world: World, minor: number): Response {
  requireAdmin(c, "baremetal:node:create");
  const given = z.record(z.string(), z.unknown()).catch({}).parse(c.get("body"));
  const { driver } = given;
  if (typeof driver !== "string") {
    throw new Refusal(400, "Schema error for node: 'driver' is a required property");
  }
  if (!isDriver(driver)) {
    throw new Refusal(
      400,
      `No valid host was found. Reason: No conductor service registered which supports driver ${driver} for conductor group "".`,
    );
  }
  const fields: Partial<NodeFields> = { owner: c.get("caller").projectId, ...given };
  const node = world.bareMetal.createNode(fields);
  const location = `${c.env.origin}/baremetal/v1/nodes/${node.uuid}`;
  return c.json(nodeView(node, c.env.origin, minor), 201, { location });
}
