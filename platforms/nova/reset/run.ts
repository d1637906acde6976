import { counted } from "../../../common/counted";
import { messageOf } from "../../../common/errors";
import { listed } from "../../../common/listed";
import { waitFor } from "../../../common/wait";
import type { PhaseRecord } from "../../../snapset/manifest";
import { wholeMark, type ResetWish } from "../../../snapset/reset/mark";
import type { ObservedNode } from "../../../snapset/reset/resetNode";
import type { ResetStep } from "../../../snapset/reset/resetPlan";
import { startServers } from "../start";
import type { Context } from "../../context";
import { recordPhases } from "../../capture/phases";
import { RestoreStopped } from "../../restoreStopped";
import { preflightReset } from "./preflight";
import { waitUntilReady } from "./readiness";
import { ResetRun } from "./ResetRun";
import type { ResetOrder } from "./types";

/**
 * Puts the servers back to their images of the set, with volumes filled from it, and starts them
 * together. What an interrupted run has left is seen in the servers' marks, so this goes on from there.
 *
 * @param isInterrupted whether an earlier run may have left servers off
 * @returns what was done, with its evidence; nothing when all is as it should be
 * @throws {InputError} before the first change
 * @throws {RestoreStopped} after it
 */
export async function runReset(
  inputs: ResetOrder,
  isInterrupted: boolean,
  context: Context,
): Promise<PhaseRecord[]> {
  const phases: PhaseRecord[] = [];
  const recorder = recordPhases(phases, () => context.cloud.now(), context.report);
  const { nodes, warnings, seen } = await preflightReset(inputs, context);
  for (const warning of warnings) context.warn(warning);
  await waitUntilReady(inputs, context);
  try {
    // Writing the marks of servers that are as the set restored them is no reset.
    if (nodes.length === 0) await putBack(inputs, context);
    else await recorder.run("reset", () => putBack(inputs, context));
    const wereLeftOff = isInterrupted && seen.some((node) => isWholeAndOff(node, inputs));
    if (nodes.length > 0 || wereLeftOff) await recorder.run("start", () => start(inputs, context));
  } catch (error) {
    throw new RestoreStopped([messageOf(error), waysOut(inputs)], error);
  }
  return phases;
}

function isWholeAndOff({ server }: ObservedNode, wish: ResetWish): boolean {
  return server?.mark === wholeMark(wish) && server.status === "SHUTOFF";
}

async function putBack(inputs: ResetOrder, context: Context) {
  const steps = await waitUntilWhole(inputs, context);
  const failed = steps.flatMap((step) => (step.kind === "failed" ? [step.reason] : []));
  if (failed.length > 0) throw new Error(failed.join("\n"));
  const names = listed(inputs.nodes.map(({ name }) => name));
  const count = counted(inputs.nodes.length, "server");
  const evidence = `${count} at set ${inputs.snapId}: ${names}`;
  context.report(evidence);
  return { result: undefined, evidence };
}

/** One that failed does not stop the others: the next run has so much less to do. */
function waitUntilWhole(inputs: ResetOrder, context: Context): Promise<ResetStep[]> {
  const run = new ResetRun(inputs, context);
  return waitFor({
    what: `${listed(inputs.nodes.map(({ name }) => name))} to be back at set ${inputs.snapId}`,
    observe: () => run.tick(),
    isDone: (steps) => steps.every(({ kind }) => kind === "whole" || kind === "failed"),
    describe: (steps) => describe(steps, inputs),
    deadlineMs: inputs.deadline,
    intervalMs: 250,
    maxIntervalMs: 2000,
    clock: context.clock,
    signal: context.signal,
    onProgress: context.report,
  });
}

function describe(steps: readonly ResetStep[], { nodes }: ResetOrder): string {
  const whole = steps.filter(({ kind }) => kind === "whole").length;
  const rest = steps.flatMap((step, i) => {
    const name = nodes[i]?.name ?? "";
    if (step.kind === "whole") return [];
    if (step.kind === "wait") return [step.seen];
    return [step.kind === "failed" ? `${name} failed` : `${name} ${step.kind}`];
  });
  return `${whole}/${nodes.length} whole; ${listed(rest)}`;
}

async function start({ nodes, deadline }: ResetOrder, context: Context) {
  const instances = nodes.map(({ name, role, serverId }) => ({
    name,
    role,
    uuid: serverId,
    macAddress: "",
  }));
  return { result: undefined, evidence: await startServers(instances, deadline, context) };
}

function waysOut({ snapId }: ResetOrder): string {
  return (
    `the reset to set ${snapId} is not finished, and its servers are left off. \`pulumi up\` goes on from ` +
    "here; after snapset:restore replace it replaces the servers instead"
  );
}
