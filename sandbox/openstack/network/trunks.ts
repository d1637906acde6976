import { z } from "zod";
import type { World } from "../../world/world";
import { readAttributes } from "./attributes";
import { isOwn, overwrite, parse, view, type Resource } from "./resource";

const subports = z.array(
  z.object({
    port_id: z.string(),
    segmentation_id: z.number(),
    segmentation_type: z.literal("vlan"),
  }),
);

/** The body of add_subports. @throws {Refusal} 400 when it is none */
export function readSubports(body: unknown): z.infer<typeof subports> {
  const given: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, "sub_ports") : [];
  return parse("sub_ports", subports, given);
}

/** Trunks, over one world. */
export function trunkResource(world: World): Resource {
  const { trunks, tables } = world.networking;
  const name = "trunk";
  return {
    name,
    collection: "trunks",
    path: "trunks",
    list: (who) => [...tables.trunks.values()].filter(isOwn(who)).map(view),
    show: (who, id) => view(trunks.show(id, who)),
    record: (who, id) => trunks.show(id, who),
    create: (who, body) => {
      const { port_id, sub_ports, ...given } = readAttributes(name, body, false);
      const options = { ...given, sub_ports: parse("sub_ports", subports.optional(), sub_ports) };
      return view(trunks.create(who, port_id as string, options));
    },
    update: (who, id, body) =>
      overwrite(world, trunks.show(id, who), readAttributes(name, body, true)),
    delete: (who, id) => {
      trunks.delete(id, who);
    },
  };
}
