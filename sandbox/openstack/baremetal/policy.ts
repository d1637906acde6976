import { found, Refusal } from "../../world/refusal";
import type { BareMetalNode } from "../../world/baremetal/records";
import type { World } from "../../world/world";
import type { Ctx } from "../face";

/** Whether a node is the caller's to see: the administrator's all, and a project's own and leased ones. */
export function canSee(c: Ctx, { fields }: BareMetalNode): boolean {
  const { isAdmin, projectId } = c.get("caller");
  return isAdmin || fields.owner === projectId || fields.lessee === projectId;
}

/** A node by uuid or name. @throws {Refusal} 404, also for one that exists and is not the caller's to see */
export function visibleNode(c: Ctx, world: World, ident: string): BareMetalNode {
  const node = world.bareMetal
    .nodes()
    .find(({ uuid, fields }) => uuid === ident || fields.name === ident);
  const visible = node !== undefined && canSee(c, node) ? node : undefined;
  return found(visible, () => new Refusal(404, `Node ${ident} could not be found.`));
}

/**
 * A node that the caller may change: an administrator any, a member those that the project owns.
 *
 * @param rule the policy's name, e.g. `baremetal:node:update`
 * @throws {Refusal} 403
 */
export function changeableNode(c: Ctx, world: World, ident: string, rule: string): BareMetalNode {
  const node = visibleNode(c, world, ident);
  const { isAdmin, projectId, roles } = c.get("caller");
  const isOwnersMember = node.fields.owner === projectId && roles.includes("member");
  if (isAdmin || isOwnersMember) return node;
  throw denied(rule);
}

/** @throws {Refusal} 403 unless the caller is an administrator */
export function requireAdmin(c: Ctx, rule: string): void {
  if (!c.get("caller").isAdmin) throw denied(rule);
}

const denied = (rule: string) =>
  new Refusal(403, `Access was denied to the following resource: ${rule}`);
