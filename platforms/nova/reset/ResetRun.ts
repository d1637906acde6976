import { messageOf } from "../../../common/errors";
import { ApiError, ConnectionError, isConflict } from "../../../openstack";
import { begunMark, markKey, wholeMark, type ResetWish } from "../../../snapset/reset/mark";
import type { ObservedNode } from "../../../snapset/reset/resetNode";
import { planReset, type ResetObservation, type ResetStep } from "../../../snapset/reset/resetPlan";
import type { Context } from "../../context";
import { observeNodes } from "./observe";
import type { ResetOrder } from "./types";

const limits = {
  // Each makes its host fetch the image, if it has it no more, and write a disk.
  parallel: 16,
  attempts: 3,
};

/** What this run has done to one node. */
interface Attempt {
  rebuilds: number;
  wasOff: boolean;
  wasRunning: boolean;
  refusal?: string;
}

/** The nodes of a reset on their way, each tick from what the cloud shows. */
export class ResetRun {
  private readonly attempts = new Map<string, Attempt>();
  private readonly wish: ResetWish;

  constructor(
    private readonly inputs: ResetOrder,
    private readonly context: Context,
  ) {
    this.wish = { snapId: inputs.snapId, trigger: inputs.trigger };
  }

  /** One look at the cloud, and everything that it asks for. @returns what was due, by node */
  async tick(): Promise<ResetStep[]> {
    const observed = await observeNodes(this.inputs.nodes, this.context);
    const nodes = observed.map((seen) => this.withAttempt(seen));
    const steps = planReset(nodes, this.wish, limits);
    await Promise.all(steps.map((step, i) => this.tryStep(step, nodes[i])));
    return steps;
  }

  private withAttempt(seen: ObservedNode): ResetObservation {
    const { serverId } = seen.node;
    const attempt = this.attempts.get(serverId) ?? {
      rebuilds: 0,
      wasOff: false,
      wasRunning: false,
    };
    this.attempts.set(serverId, attempt);
    const observation = { ...seen, ...attempt, refusal: attempt.refusal };
    const { status, taskState } = seen.server ?? {};
    attempt.wasRunning = status === "ACTIVE" && taskState === null;
    return observation;
  }

  /** What is refused for now, or got no answer, is looked at again in the next tick. */
  private async tryStep(step: ResetStep, seen: ResetObservation | undefined): Promise<void> {
    if (seen === undefined) return;
    try {
      await this.carryOut(step, seen);
    } catch (error) {
      this.context.signal.throwIfAborted();
      if (isForNow(error)) this.context.report(`${seen.node.name}: ${messageOf(error)}`);
      else if (error instanceof ApiError) this.note(seen, { refusal: messageOf(error) });
      else throw error;
    }
  }

  private note({ node }: ObservedNode, news: Partial<Attempt>): void {
    Object.assign(this.attempts.get(node.serverId) ?? {}, news);
  }

  private async carryOut(step: ResetStep, seen: ResetObservation): Promise<void> {
    const { compute } = this.context.cloud;
    const { serverId, imageId } = seen.node;
    switch (step.kind) {
      case "begin":
        return compute.updateServerMetadata(serverId, { [markKey]: begunMark(this.wish) });
      case "stop":
        // Whoever started it after its rebuild may have written to the new disk.
        this.note(seen, { wasOff: false });
        return compute.stopServer(serverId);
      case "rebuild":
        await compute.rebuildServer(serverId, imageId);
        this.note(seen, {
          rebuilds: seen.rebuilds + 1,
          wasOff: seen.server?.status === "SHUTOFF",
        });
        return;
      case "detach":
        await Promise.all(step.volumeIds.map((id) => compute.detachVolume(serverId, id)));
        return;
      case "attach":
        return compute.attachVolume(serverId, step.volumeId);
      case "finish":
        return compute.updateServerMetadata(serverId, { [markKey]: wholeMark(this.wish) });
      case "whole":
      case "wait":
      case "failed":
    }
  }
}

function isForNow(error: unknown): boolean {
  if (error instanceof ConnectionError || isConflict(error)) return true;
  return error instanceof ApiError && (error.status === 429 || error.status >= 500);
}
