import type { BareMetalNode, JsonObject } from "../../world/baremetal/records";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import type { Ctx } from "../face";
import { canSee } from "./policy";
import { flagIn, pageOf, parametersOf } from "./query";
import { isShown, listFields, nodeView, only } from "./views";

const textFilters = ["driver", "resource_class", "owner", "lessee", "conductor_group"] as const;
const known = [
  ...textFilters,
  ...["provision_state", "instance_uuid", "maintenance", "associated", "retired", "conductor"],
  ...["marker", "limit", "sort_key", "sort_dir", "fields", "detail", "fault", "shard", "project"],
];

/** GET /v1/nodes, or with all fields /v1/nodes/detail. @throws {Refusal} as Ironic refuses */
export function listNodes(c: Ctx, world: World, minor: number, isDetail: boolean): JsonObject {
  const query = parametersOf(c.req.url, known);
  const fields = fieldsOf(query, minor, isDetail);
  checkState(query, world);
  const all = world.bareMetal.nodes().filter((node) => canSee(c, node) && fits(node, query));
  const { items, fullAt } = pageOf(all, query, "Node");
  const nodes = items.map((node) => {
    const view = nodeView(node, c.env.origin, minor);
    return fields === undefined ? view : only(ordered(view, fields), fields);
  });
  const last = items.at(-1);
  // One node at most has an instance: a full page of it would promise another.
  if (last === undefined || fullAt === undefined || query.has("instance_uuid")) return { nodes };
  const path = isDetail && query.get("detail") === null ? "nodes/detail" : "nodes";
  return { nodes, next: nextLink(c, path, query, { fields, fullAt, marker: last.uuid }) };
}

/** The fields of a `fields` parameter. @throws {Refusal} 406 for one of a newer version */
export function checkFields(fields: readonly string[], minor: number): void {
  if (fields.some((field) => !isShown(field, minor))) {
    throw new Refusal(406, "Request not acceptable.");
  }
}

function fieldsOf(query: URLSearchParams, minor: number, isDetail: boolean): string[] | undefined {
  const given = query.get("fields")?.split(",");
  const wantsAll = flagIn(query, "detail");
  if (given !== undefined && wantsAll === true) {
    throw new Refusal(400, "Can not specify ?detail=True and fields in the same request.");
  }
  if (given !== undefined) checkFields(given, minor);
  return given ?? (isDetail || wantsAll === true ? undefined : listFields);
}

// A list has its fields in the order asked for; `uuid` comes first and `links` last.
function ordered(view: JsonObject, fields: readonly string[]): JsonObject {
  // Of the fields that nobody asked for, older versions do not have all.
  const unknown = fields === listFields ? undefined : fields.find((name) => !(name in view));
  // Ironic itself fails on it, instead of refusing it.
  if (unknown !== undefined) {
    throw new Refusal(500, `type object 'Node' has no attribute '${unknown}'`);
  }
  const names = ["uuid", ...fields.filter((field) => field !== "uuid"), "links"];
  return Object.fromEntries(names.filter((name) => name in view).map((name) => [name, view[name]]));
}

function checkState(query: URLSearchParams, world: World): void {
  const state = query.get("provision_state");
  if (state === null || world.bareMetal.machine.states.has(state)) return;
  throw new Refusal(400, `Provision state "${state}" is not valid`);
}

function fits({ fields, provisionState }: BareMetalNode, query: URLSearchParams): boolean {
  const flags = {
    maintenance: fields.maintenance,
    retired: fields.retired,
    associated: fields.instance_uuid !== null,
  };
  return (
    Object.entries(flags).every(([name, value]) => (flagIn(query, name) ?? value) === value) &&
    textFilters.every((name) => (query.get(name) ?? fields[name]) === fields[name]) &&
    (query.get("provision_state") ?? provisionState) === provisionState &&
    (query.get("instance_uuid") ?? fields.instance_uuid) === fields.instance_uuid
  );
}

function nextLink(
  c: Ctx,
  path: string,
  query: URLSearchParams,
  page: { fields: readonly string[] | undefined; fullAt: number; marker: string },
): string {
  const given = ["associated", "maintenance", "retired", "detail"].flatMap((name) => {
    const value = flagIn(query, name);
    return value === undefined ? [] : [`${name}=${value ? "True" : "False"}`];
  });
  const fields = page.fields === undefined ? [] : [`fields=${page.fields.join(",")}`];
  const parameters = [
    "sort_key=id",
    "sort_dir=asc",
    ...given,
    ...fields,
    `limit=${page.fullAt}`,
    `marker=${page.marker}`,
  ];
  return `${c.env.origin}/baremetal/v1/${path}?${parameters.join("&")}`;
}
