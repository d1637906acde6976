import { allEnded } from "../../../common/allEnded";
import { listed } from "../../../common/listed";
import type { VirtualMachineRestore } from "../../../kubevirt";
import {
  describeRestore,
  isOurRestore,
  judgeRestore,
  restoreObjectOf,
} from "../../../snapset/kubevirt/restorePlan";
import type { RestoreOrder } from "../../../snapset/restoreOrder";
import type { KubeVirtContext } from "../context";
import { byName, waitForAll } from "../machines";
import type { Target, Targets } from "./targets";

/**
 * Makes a VirtualMachineRestore for each target, together, and waits until all are complete.
 *
 * @throws {Error} naming every target whose restore failed, with what KubeVirt says
 * @throws {TimeoutError} naming what was seen last of those that did not end
 */
export async function makeRestores(
  { all, restores }: Targets,
  order: RestoreOrder,
  context: KubeVirtContext,
): Promise<void> {
  const toMake = all.filter(({ restore }) => restore === undefined);
  await deleteRestores(obstacles(toMake, restores), order.deadline, context);
  await allEnded(toMake.map((target) => makeRestore(target, order, context)));
  const names = all.map(({ restoreName }) => restoreName);
  const seen = await waitForAll(
    {
      what: `the restores of set ${order.snapId} to be complete`,
      phase: "restore",
      observe: async () => byName(await context.kubevirt.listRestores()),
      missing: (found) => names.flatMap((name) => pending(name, found)),
      deadlineMs: order.deadline,
    },
    context,
  );
  const failed = all.flatMap((target) => failureOf(target, seen));
  if (failed.length > 0) throw new Error(failed.join("\n"));
}

/**
 * Restores of ours that stand in the way of new ones: those of the same name, and into the same machine
 * those that have failed, which KubeVirt takes for ones in progress.
 */
function obstacles(
  targets: readonly Target[],
  restores: readonly VirtualMachineRestore[],
): VirtualMachineRestore[] {
  return restores.filter((restore) => {
    const { name } = restore.metadata;
    const target = targets.find(({ plan }) => plan.target === restore.spec.target.name);
    const isFailed = judgeRestore(restore).state === "failed";
    return (
      isOurRestore(restore) && (target?.restoreName === name || (target !== undefined && isFailed))
    );
  });
}

async function makeRestore(
  { plan, source }: Target,
  { readiness, ...wish }: RestoreOrder,
  { kubevirt, settings }: KubeVirtContext,
): Promise<void> {
  const options = {
    wish,
    policy: readiness.policy,
    volumeRestorePolicy: settings.volumeRestorePolicy,
    hasPolicies: kubevirt.snapshotApiVersion.endsWith("/v1beta1"),
  };
  await kubevirt.createRestore(restoreObjectOf(plan, source, options));
}

/** Deletes restores, and waits until they are gone. What they have restored stays. */
export async function deleteRestores(
  restores: readonly VirtualMachineRestore[],
  deadlineMs: number,
  context: KubeVirtContext,
): Promise<void> {
  if (restores.length === 0) return;
  const uids = new Set(restores.map(({ metadata }) => metadata.uid));
  await allEnded(restores.map(({ metadata }) => context.kubevirt.deleteRestore(metadata)));
  await waitForAll(
    {
      what: `${listed(restores.map(({ metadata }) => metadata.name))} to be deleted`,
      phase: "delete",
      observe: () => context.kubevirt.listRestores(),
      missing: (found) =>
        found.filter(({ metadata }) => uids.has(metadata.uid)).map(({ metadata }) => metadata.name),
      deadlineMs,
    },
    context,
  );
}

function pending(name: string, found: ReadonlyMap<string, VirtualMachineRestore>): string[] {
  const restore = found.get(name);
  const isPending = restore !== undefined && judgeRestore(restore).state === "pending";
  return isPending ? [`${name}: ${describeRestore(restore)}`] : [];
}

function failureOf(
  { plan, restoreName }: Target,
  found: ReadonlyMap<string, VirtualMachineRestore>,
): string[] {
  const restore = found.get(restoreName);
  const judged = restore && judgeRestore(restore);
  if (judged?.state === "complete") return [];
  return [`restore of ${plan.target} failed: ${judged?.seen ?? "somebody has deleted it"}`];
}
