import { contents } from "../resources";
import { goDuration } from "../times";
import type { VmSnapshot, VmSnapshotContent } from "../types";
import type { Context } from "./context";
import { createdAtMs, isDeleting, namespaceOf, uidOf } from "./writes";

const defaultDeadlineMs = 300_000;

/** How long a snapshot may take; 0 is without end. */
export function failureDeadlineMs({ spec }: VmSnapshot): number {
  return goDuration(spec.failureDeadline ?? "") ?? defaultDeadlineMs;
}

export function isFailed({ status }: VmSnapshot): boolean {
  return status?.phase === "Failed";
}

export function isReady({ status }: VmSnapshot): boolean {
  return status?.readyToUse === true;
}

export function isProgressing({ status }: VmSnapshot): boolean {
  return status?.phase !== "Failed" && status?.phase !== "Succeeded";
}

/** Whether it has failed, or takes longer than it may. */
export function isOverdue(snapshot: VmSnapshot, context: Context): boolean {
  if (isFailed(snapshot)) return true;
  const deadlineMs = failureDeadlineMs(snapshot);
  if (!isProgressing(snapshot) || deadlineMs === 0) return false;
  return context.isDue(createdAtMs(snapshot) + deadlineMs + 1);
}

export function isTerminating(snapshot: VmSnapshot, context: Context): boolean {
  return isDeleting(snapshot) || isOverdue(snapshot, context);
}

/** One that was never ready is no use to anybody, so it goes in any case. */
export function isContentToGo(snapshot: VmSnapshot, content: VmSnapshotContent): boolean {
  return snapshot.spec.deletionPolicy !== "Retain" || content.status?.readyToUse !== true;
}

/** Name of the content that belongs to a snapshot, and to no other. */
export function contentNameOf(snapshot: VmSnapshot): string {
  return (
    snapshot.status?.virtualMachineSnapshotContentName ?? `vmsnapshot-content-${uidOf(snapshot)}`
  );
}

export function contentOf(snapshot: VmSnapshot, context: Context): VmSnapshotContent | undefined {
  return context.find(contents, namespaceOf(snapshot), contentNameOf(snapshot));
}
