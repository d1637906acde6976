import { contents, snapshots } from "../resources";
import type { KubeObject, VirtualMachine, VmRestore, VmSnapshotContent } from "../types";
import type { Context, Write } from "./context";
import { isFailed, isReady } from "./snapshotState";
import { namespaceOf, uidOf } from "./writes";

/** Why a restore does not go on now; it does when that changes. */
export class RestoreProblem extends Error {
  override readonly name = "RestoreProblem";
}

/** What a step of a restore has come to: done, a write, or a status with which it goes on. */
export type Step =
  "done" | "waiting" | { write: Write } | { status: NonNullable<VmRestore["status"]> };

/** A restore with what it is made from and made to. */
export interface Restoration {
  restore: VmRestore;
  /** The target, where there is one. */
  vm: VirtualMachine | undefined;
  content: VmSnapshotContent;
}

const lastRestore = "restore.kubevirt.io/lastRestoreUID";

/** On what a restore has made or changed: its mark. */
export function lastRestoreOf(restore: VmRestore): Record<string, string> {
  return { [lastRestore]: `${restore.metadata.name}-${uidOf(restore)}` };
}

export function isRestoredBy(restore: VmRestore, { metadata }: KubeObject): boolean {
  return metadata.annotations?.[lastRestore] === lastRestoreOf(restore)[lastRestore];
}

/** The content that a restore is made from. @throws {RestoreProblem} where it cannot be */
export function sourceOfRestore(
  restore: VmRestore,
  vm: VirtualMachine | undefined,
  context: Context,
): { content: VmSnapshotContent } {
  const namespace = namespaceOf(restore);
  const key = `${namespace}/${restore.spec.virtualMachineSnapshotName}`;
  const snapshot = context.find(snapshots, namespace, restore.spec.virtualMachineSnapshotName);
  if (!snapshot) throw new RestoreProblem(`VMSnapshot ${key} does not exist`);
  if (isFailed(snapshot))
    throw new RestoreProblem(`VMSnapshot ${key} failed and is invalid to use`);
  if (!isReady(snapshot)) throw new RestoreProblem(`VMSnapshot ${key} not ready`);
  const { sourceUID, virtualMachineSnapshotContentName: name = "" } = snapshot.status ?? {};
  if (vm && !isRestoredBy(restore, vm) && sourceUID !== undefined && sourceUID !== uidOf(vm)) {
    throw new RestoreProblem(
      "restore source and restore target are different but restore target already exists",
    );
  }
  const content = context.find(contents, namespace, name);
  if (!content) throw new RestoreProblem(`VMSnapshotContent ${namespace}/${name} does not exist`);
  if (content.status?.readyToUse === true) return { content };
  throw new RestoreProblem(`VMSnapshotContent ${namespace}/${name} not ready`);
}
