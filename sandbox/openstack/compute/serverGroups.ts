import { z } from "zod";
import {
  serverGroupPolicies,
  type ServerGroup,
  type ServerGroupPolicy,
} from "../../world/compute/serverGroups";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { param, type Ctx, type Face } from "../face";
import { parseInput } from "./request";
import { microversion } from "./version";

/** /os-server-groups. */
export function addServerGroups(face: Face, world: World): void {
  const { serverGroups } = world.compute;
  face.on("get", "/v2.1/os-server-groups", "listServerGroups", (c) =>
    c.json({
      server_groups: serverGroups.list(c.get("caller")).map((it) => view(world, it, c)),
    }),
  );
  face.on("post", "/v2.1/os-server-groups", "createServerGroup", (c) => {
    const group = serverGroups.create(c.get("caller"), readGroup(c));
    return c.json({ server_group: view(world, group, c) });
  });
  face.on("get", "/v2.1/os-server-groups/:id", "showServerGroup", (c) =>
    c.json({ server_group: view(world, serverGroups.show(param(c, "id"), c.get("caller")), c) }),
  );
  face.on("delete", "/v2.1/os-server-groups/:id", "deleteServerGroup", (c) => {
    serverGroups.delete(param(c, "id"), c.get("caller"));
    return c.body(null, 204);
  });
}

const name = z.string().min(1).max(255);
const rules = z.strictObject({ max_server_per_host: z.number().int().min(1).optional() });

/** Soft policies came with 2.15, and one policy in place of a list with 2.64. */
function readGroup(c: Ctx) {
  const minor = microversion(c);
  const allowed = minor < 15 ? serverGroupPolicies.slice(0, 2) : serverGroupPolicies;
  const policy = z.enum(allowed as readonly [ServerGroupPolicy, ...ServerGroupPolicy[]]);
  const body = c.get("body");
  const given: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, "server_group") : undefined;
  if (minor >= 64) {
    const schema = z.strictObject({ name, policy, rules: rules.optional() });
    const parsed = parseInput(schema, "server_group", given);
    const max = parsed.rules?.max_server_per_host;
    if (max !== undefined && parsed.policy !== "anti-affinity") {
      throw new Refusal(400, "Only anti-affinity policy supports rules.");
    }
    return { name: parsed.name, policy: parsed.policy, maxServerPerHost: max };
  }
  const schema = z.strictObject({ name, policies: z.tuple([policy]) });
  const parsed = parseInput(schema, "server_group", given);
  return { name: parsed.name, policy: parsed.policies[0], maxServerPerHost: undefined };
}

function view(world: World, group: ServerGroup, c: Ctx) {
  const minor = microversion(c);
  const { id, name, policy, maxServerPerHost, projectId, userId } = group;
  const members = world.compute.servers.all().filter((it) => it.groupId === id);
  return {
    ...{ id, name },
    ...(minor >= 64
      ? {
          policy,
          rules: maxServerPerHost === undefined ? {} : { max_server_per_host: maxServerPerHost },
        }
      : { policies: [policy], metadata: {} }),
    members: members.map((it) => it.id),
    ...(minor >= 13 ? { project_id: projectId, user_id: userId } : {}),
  };
}
