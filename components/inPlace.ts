import type { Input, Output, Resource } from "@pulumi/pulumi";
import { Reset } from "../dynamic/reset";
import type { EnvironmentNode } from "../snapset/environment/environment";
import type { RestoreSettings } from "../snapset/reset/settings";
import type { Node } from "./Node";

/** How servers are put back to their set while they stay. */
export type InPlace = Omit<RestoreSettings, "method">;

/** What servers are put back to. */
interface InPlaceArgs {
  snapId: Input<string>;
  /** Image ids by node. */
  images: Output<Record<string, string>>;
  nodes: readonly { spec: EnvironmentNode; node: Node }[];
  settings: InPlace;
}

/** Comes after all servers, and before all that comes after their environment. */
export function declareReset(
  name: string,
  { snapId, images, nodes, settings }: InPlaceArgs,
  parent: Resource,
): Reset {
  const { trigger, targetReadiness: policy, gracePeriod, deadline } = settings;
  const args = {
    snapId,
    trigger,
    readiness: { policy, gracePeriod },
    deadline,
    nodes: nodes.map(({ spec, node }) => ({
      name: spec.name,
      role: spec.role,
      serverId: node.serverId,
      imageId: images.apply((ids) => ids[spec.name] ?? ""),
      volumes: node.volumes,
    })),
  };
  return new Reset(name, args, { parent });
}
