import { listed } from "../../../common/listed";
import { waitFor } from "../../../common/wait";
import { planRelease, type ReleaseStep } from "../../../snapset/ironic/releasePlan";
import type { RestoreOrder } from "../../../snapset/restoreOrder";
import type { Context } from "../../context";
import { askOnce, type Asked } from "../ask";
import { findNode, observeNodes } from "../observe";

/**
 * Has the machines undeployed to which a set was restored, so that they are available again; Ironic
 * may still wipe them when this ends. What carries no mark of this restore is left as it is.
 *
 * @returns what became of each, in words
 */
export async function releaseNodes(order: RestoreOrder, context: Context): Promise<string> {
  const asked = new Map<string, Asked>(
    order.members.map(({ name }) => [name, { count: 0, notBefore: 0 }]),
  );
  const steps = await waitFor({
    what: `${listed(order.members.map(({ name }) => name))} to be undeployed`,
    observe: () => tick(order, asked, context),
    isDone: (seen) => seen.every(({ kind }) => kind === "done"),
    describe: (seen) => listed(seen.map(wordsOf)),
    deadlineMs: order.deadline,
    intervalMs: 250,
    maxIntervalMs: 2000,
    clock: context.clock,
    signal: context.signal,
    onProgress: context.report,
  });
  return steps.map((step, i) => `${order.members[i]?.name ?? ""}: ${wordsOf(step)}`).join("; ");
}

async function tick(
  order: RestoreOrder,
  asked: ReadonlyMap<string, Asked>,
  context: Context,
): Promise<ReleaseStep[]> {
  const nodes = await observeNodes(context);
  const seen = order.members.map(({ name, target }) => {
    const node = findNode(nodes, target);
    return { name, node, step: planRelease(node, order) };
  });
  await Promise.all(
    seen.map(async ({ name, node, step }) => {
      const note = asked.get(name);
      if (step.kind !== "undeploy" || node === undefined || note === undefined) return;
      await undeploy(node.uuid, note, context);
    }),
  );
  const failed = seen.flatMap(({ name, step }) => {
    const refusal = asked.get(name)?.refusal;
    if (step.kind === "failed") return [`${name}: ${step.reason}`];
    return refusal === undefined ? [] : [`${name}: ${refusal}`];
  });
  if (failed.length > 0) throw new Error(failed.join("\n"));
  return seen.map(({ step }) => step);
}

async function undeploy(uuid: string, note: Asked, context: Context): Promise<void> {
  if (note.notBefore > context.clock.now().getTime()) return;
  const { bareMetal } = context.cloud;
  await askOnce(note, () => bareMetal.setProvisionState(uuid, { target: "deleted" }), context);
}

function wordsOf(step: ReleaseStep): string {
  switch (step.kind) {
    case "undeploy":
      return "told to undeploy";
    case "wait":
      return step.seen;
    case "failed":
      return step.reason;
    case "done":
      return step.evidence;
  }
}
