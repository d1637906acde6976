import { cutAt, judgeSnapshot } from "./judge";
import { frozenDefects, type FrozenWindow } from "./freeze";
import { sourceGenerationOf } from "./identity";
import { isOver, runStrategyOf } from "./machines";
import type { VmiView, VmSnapshotView, VmView } from "./objects";

/**
 * Why a machine that is to be captured off was not off all the time since its snapshot was asked
 * for; undefined when it was. Somebody who starts it changes its specification, but for strategies
 * that start it by a request; then it has become ready since.
 */
export function ranSince(
  snapshot: VmSnapshotView,
  vm: VmView,
  vmi: VmiView | undefined,
): string | undefined {
  if (vmi !== undefined && !isOver(vm, vmi)) return "it runs";
  const generation = sourceGenerationOf(snapshot);
  if (generation !== vm.metadata.generation) {
    return `its specification was changed (run strategy ${runStrategyOf(vm)})`;
  }
  const ready = vm.status?.conditions?.find(({ type }) => type === "Ready");
  const changed = Date.parse(ready?.lastTransitionTime ?? "");
  return changed > Date.parse(snapshot.metadata.creationTimestamp)
    ? `it ran (Ready ${ready?.status ?? ""} since ${ready?.lastTransitionTime ?? ""})`
    : undefined;
}

/**
 * Why a snapshot that an interrupted run has left is not one that this capture would take, as a
 * sentence; undefined when it is.
 *
 * @param window in which the guests were frozen; undefined when they were not to be
 * @param wasFrozen whether its guest was one of them: one that was off has to have been off since
 */
export function staleReason(
  snapshot: VmSnapshotView,
  vm: VmView,
  vmi: VmiView | undefined,
  consistency: "shutdown" | "quiesce" | "crash",
  window: FrozenWindow | undefined,
  wasFrozen = true,
): string | undefined {
  const judged = judgeSnapshot(snapshot);
  if (judged.state === "failed") return judged.reason;
  if (consistency === "shutdown") return ranSince(snapshot, vm, vmi);
  if (consistency === "crash") return undefined;
  if (!wasFrozen) return ranSince(snapshot, vm, vmi);
  if (cutAt(snapshot) === undefined) return "it was not cut while all were frozen";
  if (window === undefined) return "nobody knows when its guest was frozen";
  return frozenDefects(snapshot, window, vmi)[0];
}
