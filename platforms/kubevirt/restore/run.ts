import { counted } from "../../../common/counted";
import { InputError, messageOf } from "../../../common/errors";
import { listed } from "../../../common/listed";
import type { PhaseRecord } from "../../../snapset/manifest";
import type { RestoreOrder } from "../../../snapset/restoreOrder";
import { recordPhases } from "../../capture/phases";
import { RestoreStopped } from "../../restoreStopped";
import type { KubeVirtContext } from "../context";
import { observeTargets, type Targets } from "./targets";
import { deleteSuperseded } from "./superseded";
import { makeRestores } from "./makeRestores";
import { readyTargets } from "./readyTargets";
import { startMachines } from "../start";

/**
 * What has to be said of a restore before it begins, as sentences.
 *
 * @throws {InputError} with everything that speaks against it
 */
export async function foreseeRestore(
  order: RestoreOrder,
  context: KubeVirtContext,
): Promise<string[]> {
  const targets = await observeTargets(order, context);
  if (targets.problems.length > 0) throw new InputError("restore", targets.problems);
  const existing = targets.all.filter(({ machine }) => machine !== undefined);
  if (existing.length === 0) return [];
  const names = listed(existing.map(({ plan }) => plan.target));
  return [`restores ${names} to set ${order.snapId}; what was written there since is lost`];
}

/**
 * Restores machines: off first, by the order's policy; a VirtualMachineRestore of each, together; then
 * started. One that an interrupted run has begun is waited for; one that has failed is made anew.
 *
 * @returns what was done, with its evidence
 * @throws {InputError} before the first change
 * @throws {RestoreStopped} after it
 */
export async function restoreMachines(
  order: RestoreOrder,
  context: KubeVirtContext,
): Promise<PhaseRecord[]> {
  const phases: PhaseRecord[] = [];
  const recorder = recordPhases(phases, () => context.kubevirt.now(), context.report);
  const phase = (name: string, work: () => Promise<string>) =>
    recorder.run(name, async () => ({ result: undefined, evidence: await work() }));
  const targets = await observeTargets(order, context);
  if (targets.problems.length > 0) throw new InputError("restore", targets.problems);
  try {
    await phase("stop", () => readyTargets(targets, order, context));
    await phase("restore", () => putBack(targets, order, context));
    if (context.settings.start) {
      const names = targets.all.map(({ plan }) => plan.target);
      await phase("start", () => startMachines(names, order.deadline, context));
    }
    await deleteSuperseded(targets, context);
  } catch (error) {
    throw new RestoreStopped([messageOf(error), waysOut(order)], error);
  }
  return phases;
}

async function putBack(
  targets: Targets,
  order: RestoreOrder,
  context: KubeVirtContext,
): Promise<string> {
  await makeRestores(targets, order, context);
  const names = listed(targets.all.map(({ plan }) => plan.target));
  const count = counted(targets.all.length, "virtual machine");
  return `${count} at set ${order.snapId}: ${names}`;
}

function waysOut({ snapId, members }: RestoreOrder): string {
  const names = listed(members.map(({ target }) => target));
  return `${names}: not all at set ${snapId}. \`pulumi up\` goes on from here`;
}
