import { compareDevices } from "../devices";
import type { ObservedNode, VolumeView } from "./resetNode";

/** What to do about the volumes of one server now. */
export type VolumeStep =
  | { kind: "detach"; volumeIds: string[] }
  | { kind: "attach"; volumeId: string }
  | { kind: "wait"; seen: string }
  | { kind: "failed"; reason: string };

/** Statuses in which a volume takes orders; in `error…` it never will, in all others not now. */
const settled = ["available", "in-use"];

/** The volumes on a server, by device, parted into those of the environment and a person's. */
export function attachedTo({ node, volumes }: ObservedNode): {
  own: VolumeView[];
  others: VolumeView[];
} {
  const deviceOf = ({ attachments }: VolumeView) =>
    attachments.find(({ server_id }) => server_id === node.serverId)?.device ?? null;
  const attached = [...volumes.values()]
    .filter(({ attachments }) => attachments.some((it) => it.server_id === node.serverId))
    .toSorted((a, b) => compareDevices(deviceOf(a), deviceOf(b)));
  const isOwn = ({ id, name }: VolumeView) =>
    node.volumes.some((wanted) => wanted.volumeId === id || wanted.name === name);
  return {
    own: attached.filter(isOwn),
    others: attached.filter((volume) => !isOwn(volume)),
  };
}

/** Whether a server has the volumes that it is to have, in their order. */
export function hasItsVolumes(seen: ObservedNode): boolean {
  const { own } = attachedTo(seen);
  const { volumes } = seen.node;
  return (
    own.length === volumes.length &&
    own.every(({ id, status }, i) => id === volumes[i]?.volumeId && status === "in-use")
  );
}

/**
 * The next step until a server that is off has its volumes; undefined when there is none. Volumes are
 * attached one after the other: Nova gives each the first device that is free.
 */
export function planVolumes(seen: ObservedNode): VolumeStep | undefined {
  const { node, server, volumes } = seen;
  const { own } = attachedTo(seen);
  const problem = problemOf(seen, own);
  if (problem !== undefined) return problem;
  const wrong = own.findIndex(({ id }, i) => id !== node.volumes[i]?.volumeId);
  if (wrong !== -1) return { kind: "detach", volumeIds: own.slice(wrong).map(({ id }) => id) };
  // Cinder lets a volume go a moment before Nova frees its device.
  const going = server?.volumeIds.find((id) => isGoing(volumes.get(id), node.serverId));
  if (going !== undefined) return { kind: "wait", seen: `${node.name}'s ${going} to be detached` };
  const next = node.volumes[own.length];
  return next && { kind: "attach", volumeId: next.volumeId };
}

/** A volume that Nova still counts to the server, and Cinder not any more. */
function isGoing(volume: VolumeView | undefined, serverId: string): boolean {
  return (
    volume !== undefined && volume.attachments.every(({ server_id }) => server_id !== serverId)
  );
}

/** What keeps the volumes from taking orders now, or for good. */
function problemOf(
  { node, volumes }: ObservedNode,
  own: readonly VolumeView[],
): VolumeStep | undefined {
  const wanted = node.volumes.map((it) => ({ ...it, volume: volumes.get(it.volumeId) }));
  for (const { name, volumeId, volume } of wanted) {
    const what = `volume ${name} (${volumeId}) of ${node.name}`;
    if (volume === undefined) return { kind: "failed", reason: `${what} is gone` };
    const other = volume.attachments.find(({ server_id }) => server_id !== node.serverId);
    if (other !== undefined) {
      return { kind: "failed", reason: `${what} is attached to server ${other.server_id}` };
    }
  }
  const all = [...own, ...wanted.flatMap(({ volume }) => volume ?? [])];
  const broken = all.find(({ status }) => status.startsWith("error"));
  if (broken !== undefined) {
    const reason = `volume ${broken.name} (${broken.id}) of ${node.name} is ${broken.status}`;
    return { kind: "failed", reason };
  }
  const busy = all.find(({ status }) => !settled.includes(status));
  return busy && { kind: "wait", seen: `${node.name}'s ${busy.name} ${busy.status}` };
}
