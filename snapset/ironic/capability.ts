import { nodeLabel, type NodeView } from "./node";

/** The microversions that an Ironic speaks. */
export interface Versions {
  min: string;
  max: string;
}

/**
 * That an Ironic does not offer snapshots, and which versions would, in one sentence.
 *
 * @param cloud its name
 * @param guard the microversion from which on the verb `snapshot` is known
 */
export function withoutSnapshots(cloud: string, { min, max }: Versions, guard: string): string {
  return (
    `the Ironic of cloud ${cloud} does not offer snapshots of bare metal: it speaks the API versions ` +
    `${min} to ${max}, and the specification's verb \`snapshot\` needs ${guard} or newer, ` +
    "which no released Ironic has; nothing was changed"
  );
}

/** What a snapshot's destination may be: an image's UUID, and not a URL as in standalone use. */
export function imageRefProblem(imageRef: string): string | undefined {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(imageRef)) return undefined;
  return URL.canParse(imageRef)
    ? `image_ref ${imageRef} is a URL, which is for Ironic's standalone use and not supported: name the UUID of an image`
    : `image_ref ${imageRef} is not the UUID of an image`;
}

/** That the hardware interface of a node makes no snapshots; undefined when it may. */
export function interfaceProblem(node: NodeView): string | undefined {
  if (node.snapshotInterface !== "no-snapshot") return undefined;
  return `${nodeLabel(node)} has snapshot_interface no-snapshot: give it one that makes snapshots, such as agent`;
}
