import { allEnded } from "../../common/allEnded";
import { messageOf } from "../../common/errors";
import { counted } from "../../common/counted";
import { listed } from "../../common/listed";
import { freezeProblems } from "../../snapset/kubevirt/machines";
import type { Machine } from "./observe";
import { CaptureFailure } from "../capture/failure";
import type { CaptureRun } from "../platform";
import type { KubeVirtContext } from "./context";
import { freezeTogether } from "./freeze";
import { observeMachines, observeRunning } from "./machines";
import { createSnapshot, observeSnapshots, waitForSnapshots } from "./snapshots";
import { breakOff, thawLeft } from "./thaw";

/**
 * Makes the snapshots that are missing, together, and waits until all are ready to use. Guests that
 * are to be frozen are so from before the first is asked for until the last is cut, and thawed
 * whatever happens.
 *
 * @returns how it went, in words
 * @throws {CaptureFailure} naming every machine that failed
 */
export async function captureMachines(
  machines: readonly Machine[],
  run: CaptureRun,
  context: KubeVirtContext,
): Promise<string> {
  const { inputs } = run;
  const names = machines.map(({ instance }) => instance.name);
  const there = await observeSnapshots(inputs.snapId, names, context);
  const missing = machines.filter(({ instance }) => !there.has(instance.name));
  const done: string[] = [];
  if (missing.length > 0 && inputs.consistency === "quiesce") {
    done.push(await cutFrozen(missing, run, context));
  } else {
    await createTogether(missing, run, context);
  }
  const deadlineMs = inputs.deadlines.images;
  const { snapId } = inputs;
  await waitForSnapshots({ snapId, machines: names, until: "ready", deadlineMs }, context);
  const ready = `${counted(names.length, "snapshot")} ready to use`;
  return [...done, ready].join("; ");
}

/** With what they are now: a machine that was stopped has another specification than before. */
async function createTogether(
  missing: readonly Machine[],
  run: CaptureRun,
  context: KubeVirtContext,
): Promise<void> {
  if (missing.length === 0) return;
  const { inputs, journal } = run;
  const { vms } = await observeMachines(context);
  const capturedAt = new Date(journal.progress.capturedAt);
  await allEnded(
    missing.map(({ instance, identity, vm }) =>
      createSnapshot({ ...identity, capturedAt }, vms.get(instance.name) ?? vm, inputs, context),
    ),
  );
}

/** One bracket: whatever happens after the first guest may be frozen, all are thawed. */
async function cutFrozen(
  machines: readonly Machine[],
  run: CaptureRun,
  context: KubeVirtContext,
): Promise<string> {
  const { inputs, journal } = run;
  const names = machines.map(({ instance }) => instance.name);
  const { vmis } = await observeRunning(context);
  const running = names.filter((name) => vmis.has(name));
  const problems = freezeProblems(running.flatMap((name) => vmis.get(name) ?? []));
  if (problems.length > 0) throw new CaptureFailure(problems.join("\n"));
  try {
    if (running.length > 0) await freezeTogether(running, run, context);
    await createTogether(machines, run, context);
    const until = { until: "cut", deadlineMs: context.settings.unfreezeTimeout } as const;
    await waitForSnapshots({ snapId: inputs.snapId, machines: names, ...until }, context);
  } catch (error) {
    await thawAfter(error, run, context);
    throw error;
  }
  await thawLeft(journal.progress, context);
  await journal.save();
  return running.length === 0
    ? `nothing to freeze: ${listed(names)} are off`
    : `frozen together at ${journal.progress.frozen?.at ?? ""} and thawed: ${listed(running)}`;
}

/** A guest that cannot be thawed is as bad as what went wrong before: both are told. */
async function thawAfter(
  error: unknown,
  { journal }: CaptureRun,
  context: KubeVirtContext,
): Promise<void> {
  try {
    await breakOff(journal, context);
  } catch (second) {
    throw new CaptureFailure(`${messageOf(error)}\n${messageOf(second)}`, { cause: error });
  }
}
