import { listed } from "../../../common/listed";
import { patienceOf } from "../../../snapset/reset/preflight";
import type { RestoreOrder } from "../../../snapset/restoreOrder";
import type { KubeVirtContext } from "../context";
import { observeMachines, waitForAll } from "../machines";
import { stopMachines } from "../stop";
import { deleteMachines } from "./deleteMachines";
import type { Target, Targets } from "./targets";

/**
 * Brings targets off, as the policy says; a machine that an earlier restore of ours has made beside
 * the captured one goes, as KubeVirt restores into the captured machine or a new one only. The same
 * for clusters whose API knows policies and those whose does not.
 *
 * @returns how it went, in words
 * @throws {TimeoutError} when one still runs at the end of the grace period, or at the deadline
 */
export async function readyTargets(
  { all }: Targets,
  { readiness, deadline }: RestoreOrder,
  context: KubeVirtContext,
): Promise<string> {
  const toDo = all.filter(({ machine, restore }) => machine !== undefined && restore === undefined);
  const ours = toDo.filter(({ isOurs }) => isOurs);
  await deleteMachines(machinesOf(ours), deadline, context);
  const others = namesOf(toDo.filter(({ isOurs }) => !isOurs));
  const replaced = ours.length === 0 ? [] : [`to be made anew: ${listed(namesOf(ours))}`];
  if (others.length === 0) return [...replaced, "nothing to be stopped"].join("; ");
  const deadlineMs = patienceOf(readiness, deadline);
  if (deadlineMs === undefined) {
    return [...replaced, await stopMachines(others, deadline, context)].join("; ");
  }
  await waitUntilStopped(others, readiness.policy, deadlineMs, context);
  return [...replaced, `off: ${listed(others)}`].join("; ");
}

async function waitUntilStopped(
  names: readonly string[],
  policy: string,
  deadlineMs: number,
  context: KubeVirtContext,
): Promise<void> {
  await waitForAll(
    {
      what: `somebody to stop the machines, as snapset:restore.targetReadiness is ${policy}`,
      phase: "waiting for machines to be stopped",
      observe: () => observeMachines(context),
      missing: ({ vmis }) => names.filter((name) => vmis.has(name)),
      deadlineMs,
    },
    context,
  );
}

function namesOf(targets: readonly Target[]): string[] {
  return targets.map(({ plan }) => plan.target);
}

function machinesOf(targets: readonly Target[]) {
  return targets.flatMap(({ machine }) => machine ?? []);
}
