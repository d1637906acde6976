import type { Environment } from "./environment";
import type { VolumePolicy } from "../manifest";

/** What a node of an environment asks of a set. */
export interface WantedNode {
  name: string;
  role: string;
  flavor: string;
  /** Whether it boots from a volume, by the environment's `rootVolume`. */
  bootsFromVolume: boolean;
  /** In the order of their devices. */
  volumes: { name: string; capture: VolumePolicy }[];
}

/** What the nodes of an environment ask of a set. */
export function wantedNodesOf({ nodes }: Pick<Environment, "nodes">): WantedNode[] {
  return nodes.map(({ name, role, flavor, rootVolume, volumes }) => ({
    name,
    role,
    flavor,
    bootsFromVolume: rootVolume !== undefined,
    volumes: volumes.map((volume) => ({ name: volume.name, capture: volume.capture })),
  }));
}
