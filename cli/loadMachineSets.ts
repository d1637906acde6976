import { resolve } from "node:path";
import type { Clock } from "../common/clock";
import { connectKubeVirt, type KubeVirt } from "../kubevirt";
import { assembleVmSets } from "../snapset/kubevirt/sets";
import { snapshotsOfMachine, type SnapshotRow } from "../snapset/kubevirt/snapshotRow";
import { volumeSnapshotsIn } from "../snapset/kubevirt/volumeSnapshots";
import type { CloudSets } from "./loadSets";

/** Where virtual machines are. */
export interface MachinePlace {
  /** Path of a kubeconfig. */
  kubeconfig: string;
  namespace: string;
  cwd: string;
  clock: Clock;
}

/**
 * Reads all sets of a namespace, with one listing of its snapshots and one of their contents.
 *
 * @throws {InputError} naming what is wrong with the kubeconfig, or that there is no KubeVirt
 * @throws {ClusterError} when a call fails
 */
export async function loadMachineSets(place: MachinePlace): Promise<CloudSets> {
  const kubevirt = await connect(place);
  const [snapshots, contents] = await Promise.all([
    kubevirt.listSnapshots(),
    kubevirt.listContents(),
  ]);
  const sets = assembleVmSets(snapshots, contents, place.namespace);
  sets.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  return {
    projectId: place.namespace,
    owners: "namespace",
    sets,
    images: [],
    snapshots: volumeSnapshotsIn(contents),
    now: kubevirt.now(),
  };
}

/** Reads the snapshots of one machine, whoever made them. */
export async function loadSnapshots(place: MachinePlace, machine: string): Promise<SnapshotRow[]> {
  const kubevirt = await connect(place);
  return snapshotsOfMachine(await kubevirt.listSnapshots(), machine);
}

function connect({ kubeconfig, namespace, cwd, clock }: MachinePlace): Promise<KubeVirt> {
  return connectKubeVirt({ kubeconfig: { path: resolve(cwd, kubeconfig) }, namespace, clock });
}
