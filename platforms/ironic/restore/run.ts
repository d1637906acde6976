import { counted } from "../../../common/counted";
import { messageOf } from "../../../common/errors";
import { listed } from "../../../common/listed";
import { waitFor } from "../../../common/wait";
import type { DeployStep } from "../../../snapset/ironic/deployPlan";
import type { PhaseRecord } from "../../../snapset/manifest";
import { patienceOf } from "../../../snapset/reset/preflight";
import type { RestoreOrder } from "../../../snapset/restoreOrder";
import { recordPhases } from "../../capture/phases";
import type { Context } from "../../context";
import { RestoreStopped } from "../../restoreStopped";
import { DeployRun } from "./DeployRun";
import { preflightRestore, type Target } from "./preflight";

/**
 * Deploys the images of a set to its machines, all at once, and waits until each is active with its
 * own. What an interrupted run has left is seen in the nodes' marks, so this goes on from there.
 *
 * @returns what was done, with its evidence; nothing when all is as it should be
 * @throws {InputError} before the first change
 * @throws {RestoreStopped} after it
 */
export async function restoreNodes(order: RestoreOrder, context: Context): Promise<PhaseRecord[]> {
  const phases: PhaseRecord[] = [];
  const recorder = recordPhases(phases, () => context.cloud.now(), context.report);
  const { targets, changed } = await readyToRestore(order, context);
  try {
    // Writing the marks of nodes that are as the set would have them is no restore.
    if (changed.length === 0) await deploy(targets, order, context);
    else await recorder.run("deploy", () => deploy(targets, order, context));
  } catch (error) {
    throw new RestoreStopped([messageOf(error), waysOut(order)], error);
  }
  return phases;
}

/** `WaitGracePeriod` and `WaitEventually` wait; under the others a deployment stops a machine itself. */
async function readyToRestore(order: RestoreOrder, context: Context) {
  const { policy } = order.readiness;
  const deadlineMs = patienceOf(order.readiness, order.deadline);
  if (deadlineMs === undefined) return preflightRestore(order, context);
  return waitFor({
    what: `somebody to power off the machines, as snapset:restore.targetReadiness is ${policy}`,
    observe: () => preflightRestore(order, context),
    isDone: ({ running }) => running.length === 0,
    describe: ({ running }) => `running: ${listed(running)}`,
    deadlineMs,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`waiting for the machines to be powered off; ${seen}`);
    },
  });
}

async function deploy(targets: readonly Target[], order: RestoreOrder, context: Context) {
  const steps = await waitUntilWhole(targets, order, context);
  const failed = steps.flatMap((step) =>
    step.kind === "failed" ? [`${step.member}: ${step.reason}`] : [],
  );
  if (failed.length > 0) throw new Error(failed.join("\n"));
  const names = listed(targets.map(({ member, ident }) => `${member} on ${ident}`));
  const count = counted(targets.length, "machine");
  const evidence = `${count} active with the images of set ${order.snapId}, MACs as captured: ${names}`;
  context.report(evidence);
  return { result: undefined, evidence };
}

/** One that failed does not stop the others: the next run has so much less to do. */
function waitUntilWhole(
  targets: readonly Target[],
  order: RestoreOrder,
  context: Context,
): Promise<DeployStep[]> {
  const run = new DeployRun(targets, order, context);
  return waitFor({
    what: `${listed(targets.map(({ member }) => member))} to be restored from set ${order.snapId}`,
    observe: () => run.tick(),
    isDone: (steps) => steps.every(({ kind }) => kind === "whole" || kind === "failed"),
    describe,
    deadlineMs: order.deadline,
    intervalMs: 250,
    maxIntervalMs: 2000,
    clock: context.clock,
    signal: context.signal,
    onProgress: context.report,
  });
}

function describe(steps: readonly DeployStep[]): string {
  const whole = steps.filter(({ kind }) => kind === "whole").length;
  const rest = steps.flatMap((step) => {
    if (step.kind === "whole") return [];
    return [`${step.member} ${step.kind === "wait" ? step.seen : step.kind}`];
  });
  return `${whole}/${steps.length} whole; ${listed(rest)}`;
}

function waysOut({ snapId }: RestoreOrder): string {
  return (
    `the restore of set ${snapId} to its machines is not finished. \`pulumi up\` goes on from here; ` +
    "`pulumi destroy` has the machines undeployed that it was restored to"
  );
}
