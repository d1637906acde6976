import {
  isName,
  rootVolumeName,
  type Environment,
  type EnvironmentNode,
  type EnvironmentVolume,
} from "./environment";
import type { ManifestMember, ManifestVolume } from "../manifest";
import { dataVolumesOf, findVolume, rootVolumeOf } from "../setVolumes";

/**
 * The environment to store with a set: as it was declared, with the volumes as they were found. So
 * what was attached later comes back too, in the order of the devices; what was detached does not.
 */
export function capturedEnvironment(
  environment: Environment,
  members: readonly ManifestMember[],
): Environment {
  const byName = new Map(members.map((member) => [member.name, member]));
  return {
    ...environment,
    nodes: environment.nodes.map((node) => {
      const member = byName.get(node.name);
      return member === undefined ? node : capturedNode(node, member.volumes);
    }),
  };
}

function capturedNode(node: EnvironmentNode, found: readonly ManifestVolume[]): EnvironmentNode {
  const root = rootVolumeOf(found);
  return {
    ...node,
    rootVolume: root && {
      ...deviceOf(node),
      sizeGb: root.sizeGb,
      ...typeOf(root),
    },
    volumes: capturedVolumes(node, found),
  };
}

function capturedVolumes(
  node: EnvironmentNode,
  found: readonly ManifestVolume[],
): EnvironmentVolume[] {
  const taken = new Set([rootVolumeName(node.name)]);
  const declared = new Map(node.volumes.map((it) => [findVolume(found, it.name)?.volumeId, it]));
  return dataVolumesOf(found).map((volume) => {
    const known = declared.get(volume.volumeId);
    const name = nameOf(volume, known?.name ?? volume.name, found, taken);
    taken.add(name);
    return {
      ...known,
      name,
      sizeGb: volume.sizeGb,
      ...typeOf(volume),
      capture: volume.policy,
    };
  });
}

/** The name that finds the volume again; its id where that finds another, or cannot be a name. */
function nameOf(
  volume: ManifestVolume,
  name: string,
  found: readonly ManifestVolume[],
  taken: ReadonlySet<string>,
): string {
  const isGood = isName(name) && !taken.has(name) && findVolume(found, name) === volume;
  return isGood ? name : volume.volumeId;
}

function typeOf({ type }: ManifestVolume): { type?: string } {
  return type === null ? {} : { type };
}

function deviceOf({ rootVolume }: EnvironmentNode): Pick<EnvironmentVolume, "device"> {
  return rootVolume?.device === undefined ? {} : { device: rootVolume.device };
}
