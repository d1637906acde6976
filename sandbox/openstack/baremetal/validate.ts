import type { BareMetalNode, JsonObject } from "../../world/baremetal/records";

const kinds = [
  "boot",
  "deploy",
  "management",
  "network",
  "power",
  "bios",
  "console",
  "inspect",
  "raid",
  "rescue",
  "storage",
];

/** GET /v1/nodes/{node}/validate: what each of the node's interfaces says of its settings. */
export function validation(node: BareMetalNode, hasSnapshots: boolean): JsonObject {
  const { fields } = node;
  const isFake = fields.driver === "fake-hardware";
  const names: Record<string, unknown> = { ...fields };
  return Object.fromEntries(
    [...kinds, ...(hasSnapshots ? ["snapshot"] : [])].map((kind): [string, JsonObject] => {
      const name = String(names[`${kind}_interface`]);
      if (name.startsWith("no-")) {
        const reason = `Driver ${fields.driver} does not support ${kind} (disabled or not implemented).`;
        return [kind, { result: null, reason }];
      }
      if (kind === "deploy" && !isFake && fields.instance_info["image_source"] === undefined) {
        const reason = `Cannot validate image information for node ${node.uuid} because one or more parameters are missing from its instance_info and insufficent information is present to boot from a remote volume. Missing are: ['image_source']`;
        return [kind, { result: false, reason }];
      }
      return [kind, { result: true }];
    }),
  );
}
