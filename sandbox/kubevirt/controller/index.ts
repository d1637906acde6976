import {
  claims,
  contents,
  dataVolumes,
  instances,
  persistentVolumes,
  restores,
  snapshots,
  virtualMachines,
  volumeSnapshots,
  type ResourceType,
} from "../resources";
import type { KubeObject } from "../types";
import { bindClaim, provisionClaim, reclaimVolume } from "./claimReconciler";
import type { Context, Reconcile } from "./context";
import { reconcileContent } from "./contentReconciler";
import { reconcileDataVolume } from "./dataVolumeReconciler";
import { reconcileInstance } from "./instanceReconciler";
import { reconcileMachine } from "./machineReconciler";
import { reconcileRestore } from "./restoreReconciler";
import { reconcileSnapshot } from "./snapshotReconciler";
import { reconcileVolumeSnapshot } from "./volumeSnapshotReconciler";

/** A controller of a type of objects. */
export interface Controller {
  type: ResourceType;
  reconcile: Reconcile;
}

/** virt-controller, virt-handler, CDI, and the storage's provisioner and snapshotter. */
export const controllers: readonly Controller[] = [
  of(virtualMachines, reconcileMachine),
  of(dataVolumes, reconcileDataVolume),
  of(claims, provisionClaim),
  of(persistentVolumes, reclaimVolume),
  of(instances, reconcileInstance),
  of(snapshots, reconcileSnapshot),
  of(contents, reconcileContent),
  of(volumeSnapshots, reconcileVolumeSnapshot),
  of(restores, reconcileRestore),
];

/** What binds claims to volumes, where no kube-controller-manager runs. */
export const binder: Controller = of(claims, bindClaim);

/** Those that run now: the one on the nodes does in any case. */
export function running(all: readonly Controller[], { faults }: Context): readonly Controller[] {
  return faults.has("controllerDown", "") ? all.filter(({ type }) => type === instances) : all;
}

function of<T extends KubeObject>(type: ResourceType<T>, reconcile: Reconcile<T>): Controller {
  return { type, reconcile: (object, context) => reconcile(object as T, context) };
}
