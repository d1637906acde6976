import { counted } from "../../common/counted";
import { TimeoutError } from "../../common/errors";
import type { Image, Snapshot } from "../../openstack";
import type { ImageStep } from "../../snapset/capture/imagePlan";
import type { Member } from "../../snapset/capture/member";
import type { SnapshotStep } from "../../snapset/capture/snapshotPlan";
import type { Context } from "../context";
import { ImageRun } from "./images";
import { CaptureFailure } from "../capture/failure";
import type { CaptureRun } from "../platform";
import { observeServers } from "./observe";
import { SnapshotRun } from "./snapshots";
import type { CaptureInputs } from "../capture/types";

const minTickMs = 100;
const maxTickMs = 2000;

/** What the image phase has made. */
export interface MadeMembers {
  /** By member. */
  images: ReadonlyMap<string, Image>;
  /** By volume id. */
  snapshots: ReadonlyMap<string, Snapshot>;
  /** The server's `updated` when its image was seen finished, by member. */
  settled: ReadonlyMap<string, string>;
}

/**
 * Images every member and snapshots every volume, as many at a time as the cloud takes, and tags all
 * images but the anchor. What an interrupted run made is found by its identity and not made again.
 *
 * @throws {CaptureFailure} naming every member that failed
 * @throws {TimeoutError} at the deadline
 */
export async function makeMembers(
  members: readonly Member[],
  inputs: CaptureInputs,
  { journal, anchor }: Pick<CaptureRun, "journal" | "anchor">,
  context: Context,
): Promise<MadeMembers> {
  const { clock, signal } = context;
  const run = new ImageRun(members, inputs, journal, anchor, context);
  const volumes = new SnapshotRun(members, inputs.snapId, context);
  const started = clock.now().getTime();
  for (;;) {
    signal.throwIfAborted();
    const looked = clock.now().getTime();
    const servers = await observeServers(context, inputs.instances);
    const snapshots = await volumes.tick(servers, run.images);
    refuseFailed(snapshots);
    const images = await run.tick(servers, volumes.pending);
    refuseFailed(images);
    if ([...images, ...snapshots].every(({ kind }) => kind === "done")) {
      return { images: run.images, snapshots: volumes.made, settled: run.settled };
    }
    const now = clock.now().getTime();
    const seen = describe(images, snapshots);
    if (now - started > inputs.deadlines.images) {
      throw new TimeoutError(`images of set ${inputs.snapId}`, now - started, seen);
    }
    context.report(`images ${seen}`);
    await clock.sleep(tickMs(now - started, now - looked), signal);
  }
}

/**
 * A tenth of the time passed: what waiting adds stays a tenth, however long an image takes. And no
 * less than what the lists took, some times over: large ones are a burden to the cloud.
 */
function tickMs(elapsedMs: number, lookMs: number): number {
  return Math.max(Math.min(Math.max(elapsedMs / 10, minTickMs), maxTickMs), lookMs * 2);
}

function refuseFailed(steps: readonly (ImageStep | SnapshotStep)[]): void {
  const reasons = steps.flatMap((step) => {
    if (step.kind !== "failed") return [];
    return ["member" in step ? `image of ${step.member} failed: ${step.reason}` : step.reason];
  });
  if (reasons.length > 0) throw new CaptureFailure(reasons.join("\n"));
}

function describe(images: readonly ImageStep[], snapshots: readonly SnapshotStep[]): string {
  const waiting = [
    ...images.flatMap((step) => (step.kind === "wait" ? [`${step.member} ${step.seen}`] : [])),
    ...snapshots.flatMap((step) => (step.kind === "wait" ? [step.seen] : [])),
  ];
  const counts = [
    `${count(images)}/${images.length}`,
    ...(snapshots.length > 0 ? [`snapshots ${count(snapshots)}/${snapshots.length}`] : []),
  ];
  return [...counts, ...waiting.slice(0, 3)].join(", ");
}

function count(steps: readonly { kind: string }[]): number {
  return steps.filter(({ kind }) => kind === "done").length;
}

/** What the image phase has made, in words. */
export function madeEvidence({ images, snapshots }: MadeMembers): string {
  const made = `${counted(images.size, "image")} active, no task running`;
  return snapshots.size === 0 ? made : `${made}; ${counted(snapshots.size, "snapshot")} available`;
}
