import { TimeoutError } from "../../common/errors";
import { counted } from "../../common/counted";
import type { SnapshotStep } from "../../snapset/ironic/snapshotPlan";
import { CaptureFailure } from "../capture/failure";
import type { Context } from "../context";
import type { CaptureRun } from "../platform";
import type { NodeMember } from "./preflight";
import { SnapshotRun } from "./SnapshotRun";

/** A machine takes minutes to netboot: looking more often than this would tell nothing new. */
const maxTickMs = 2000;
const minTickMs = 100;

/**
 * Has the disks of all machines put into their images, and waits until every node is active again with
 * its image whole. What an interrupted run has begun is found on the nodes and gone on with.
 *
 * @returns how it went, in words
 * @throws {CaptureFailure} naming every machine that failed
 * @throws {TimeoutError} at the deadline
 */
export async function makeSnapshots(
  members: readonly NodeMember[],
  run: CaptureRun,
  context: Context,
): Promise<string> {
  const { clock, signal } = context;
  const snapshots = new SnapshotRun(members, run, context);
  const started = clock.now().getTime();
  for (;;) {
    signal.throwIfAborted();
    const steps = await snapshots.tick();
    refuseFailed(steps);
    if (steps.every(({ kind }) => kind === "done")) {
      return `${counted(members.length, "image")} of machines active, their nodes active again`;
    }
    const elapsed = clock.now().getTime() - started;
    const seen = describe(steps);
    if (elapsed > run.inputs.deadlines.images) {
      throw new TimeoutError(`snapshots of machines for set ${run.inputs.snapId}`, elapsed, seen);
    }
    context.report(`images ${seen}`);
    await clock.sleep(Math.min(Math.max(elapsed / 10, minTickMs), maxTickMs), signal);
  }
}

function refuseFailed(steps: readonly SnapshotStep[]): void {
  const reasons = steps.flatMap((step) =>
    step.kind === "failed" ? [`image of ${step.member} failed: ${step.reason}`] : [],
  );
  if (reasons.length > 0) throw new CaptureFailure(reasons.join("\n"));
}

function describe(steps: readonly SnapshotStep[]): string {
  const done = steps.filter(({ kind }) => kind === "done").length;
  const waiting = steps.flatMap((step) =>
    step.kind === "wait" ? [`${step.member} ${step.seen}`] : [],
  );
  return [`${done}/${steps.length}`, ...waiting.slice(0, 3)].join(", ");
}
