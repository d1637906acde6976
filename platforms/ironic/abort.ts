import { listed } from "../../common/listed";
import { waitFor } from "../../common/wait";
import { planAbort, type AbortStep } from "../../snapset/ironic/abortPlan";
import type { Instance } from "../../snapset/snapsetData";
import type { Context } from "../context";
import type { SetIdentity } from "../platform";
import { askOnce, type Asked } from "./ask";
import { clearMark } from "./mark";
import { observeNodes } from "./observe";

type Machine = Pick<Instance, "name" | "uuid">;

/**
 * Gives up the snapshots of a set that are under way or have failed, and waits until its nodes are at
 * rest. Nobody else's are touched.
 *
 * @returns what became of them, in words; nothing for those that were at rest
 */
export async function abortSnapshots(
  { snapId, instances, deadlines }: SetIdentity,
  context: Context,
): Promise<string[]> {
  const asked = new Map<string, Asked>(
    instances.map(({ uuid }) => [uuid, { count: 0, notBefore: 0 }]),
  );
  const look = () => tick(instances, snapId, asked, context);
  const steps = await waitFor({
    what: `the snapshots of ${listed(instances.map(({ name }) => name))} to be given up`,
    observe: look,
    isDone: (seen) => seen.every(({ kind }) => kind === "done"),
    describe: (seen) => describe(instances, seen, asked),
    deadlineMs: deadlines.stop,
    intervalMs: 250,
    maxIntervalMs: 2000,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`abort: ${seen}`);
    },
  });
  return steps.flatMap((step, i) => {
    const wasAsked = (asked.get(instances[i]?.uuid ?? "")?.count ?? 0) > 0;
    return step.kind === "done" && wasAsked ? [step.evidence] : [];
  });
}

async function tick(
  machines: readonly Machine[],
  snapId: string,
  asked: ReadonlyMap<string, Asked>,
  context: Context,
): Promise<AbortStep[]> {
  const nodes = await observeNodes(context);
  return Promise.all(
    machines.map(async ({ uuid }): Promise<AbortStep> => {
      const node = nodes.get(uuid);
      const step = planAbort(node, snapId);
      const note = asked.get(uuid);
      if (node === undefined || note === undefined) return step;
      if (step.kind === "done") {
        const isClear = await clearMark(node, snapId, context);
        return isClear ? step : { kind: "wait", seen: "locked" };
      }
      if (step.kind === "abort") await abort(uuid, note, context);
      return step;
    }),
  );
}

async function abort(uuid: string, note: Asked, context: Context): Promise<void> {
  if (note.notBefore > context.clock.now().getTime()) return;
  const { bareMetal } = context.cloud;
  await askOnce(note, () => bareMetal.setProvisionState(uuid, { target: "abort" }), context);
  if (note.refusal !== undefined) throw new Error(note.refusal);
}

function describe(
  machines: readonly Machine[],
  steps: readonly AbortStep[],
  asked: ReadonlyMap<string, Asked>,
): string {
  const waiting = machines.flatMap(({ name, uuid }, i) => {
    const step = steps[i];
    if (step === undefined || step.kind === "done") return [];
    const problem = asked.get(uuid)?.lastProblem;
    const what = step.kind === "wait" ? step.seen : "told to abort";
    return [`${name} ${what}${problem === undefined ? "" : ` (${problem})`}`];
  });
  return listed(waiting);
}
