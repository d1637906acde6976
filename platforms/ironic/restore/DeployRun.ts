import { getOrMake } from "../../../common/getOrMake";
import {
  planDeploy,
  type DeployObservation,
  type DeployStep,
} from "../../../snapset/ironic/deployPlan";
import { restoredImageKey, restoreMarkKey, type NodeView } from "../../../snapset/ironic/node";
import { begunMark, wholeMark, type ResetWish } from "../../../snapset/reset/mark";
import type { Context } from "../../context";
import { askOnce, type Asked } from "../ask";
import { observeNodes } from "../observe";
import type { Target } from "./preflight";

/** How often a deployment is asked for at most for one node. */
const maxAttempts = 3;

interface Attempt extends Asked {
  /** The node's state and its time when it was asked; undefined when it was not. */
  before?: string | undefined;
  hasMoved: boolean;
}

/** States in which Ironic is at work on a deployment. */
const working = ["deploying", "wait call-back", "deploy hold"];

/** The nodes of a restore on their way, each tick from what Ironic shows. */
export class DeployRun {
  private readonly attempts = new Map<string, Attempt>();

  constructor(
    private readonly targets: readonly Target[],
    private readonly wish: ResetWish,
    private readonly context: Context,
  ) {}

  /** One look at Ironic, and everything that it asks for. */
  async tick(): Promise<DeployStep[]> {
    const nodes = await observeNodes(this.context);
    const seen = this.targets.map((target) => this.observe(target, nodes.get(target.uuid)));
    const steps = seen.map((it) => planDeploy(it, this.wish, maxAttempts));
    await Promise.all(steps.map((step, i) => this.carryOut(step, seen[i])));
    return steps;
  }

  private observe({ member, imageId }: Target, node: NodeView | undefined): DeployObservation {
    const attempt = this.attemptOf(member);
    if (node !== undefined && hasMoved(node, attempt)) attempt.hasMoved = true;
    const refusal = attempt.count >= maxAttempts ? attempt.lastProblem : undefined;
    return {
      member,
      imageId,
      node,
      attempts: attempt.count,
      mayAsk: attempt.notBefore <= this.context.clock.now().getTime(),
      hasMoved: attempt.hasMoved,
      refusal: attempt.refusal ?? refusal,
    };
  }

  private async carryOut(step: DeployStep, seen: DeployObservation | undefined): Promise<void> {
    if (seen?.node === undefined) return;
    const { node, imageId } = seen;
    const attempt = this.attemptOf(step.member);
    const { bareMetal } = this.context.cloud;
    if (step.kind === "begin") {
      // What Ironic did before that was another deployment's.
      attempt.before = undefined;
      attempt.hasMoved = false;
      await this.write(node, attempt, [
        mark(restoreMarkKey, begunMark(this.wish)),
        { op: "add", path: `/instance_info/${restoredImageKey}`, value: imageId },
        { op: "add", path: "/instance_info/image_source", value: imageId },
      ]);
    }
    if (step.kind === "deploy") {
      attempt.before = momentOf(node);
      attempt.hasMoved = false;
      const ask = () => bareMetal.setProvisionState(node.uuid, { target: step.target });
      await askOnce(attempt, ask, this.context);
    }
    if (step.kind === "finish") {
      // What somebody else has deployed stays theirs: without the image's key nobody overwrites it.
      await this.write(node, attempt, [mark(restoreMarkKey, wholeMark(this.wish))]);
    }
  }

  /** Writing is no attempt: it is done again until it succeeds, or is refused for good. */
  private async write(
    { uuid }: NodeView,
    attempt: Attempt,
    patch: readonly { op: "add"; path: string; value: string }[],
  ): Promise<void> {
    const { count } = attempt;
    const work = async () => {
      await this.context.cloud.bareMetal.updateNode(uuid, patch);
    };
    if (attempt.notBefore > this.context.clock.now().getTime()) return;
    await askOnce(attempt, work, this.context);
    if (attempt.lastProblem !== undefined) attempt.refusal = attempt.lastProblem;
    attempt.count = count;
  }

  private attemptOf(name: string): Attempt {
    return getOrMake(this.attempts, name, () => ({ count: 0, notBefore: 0, hasMoved: false }));
  }
}

/** Whether Ironic is at work on the node, or was since it was asked. */
function hasMoved(node: NodeView, { before }: Attempt): boolean {
  return (
    working.includes(node.provisionState) || (before !== undefined && before !== momentOf(node))
  );
}

function momentOf({ provisionState, provisionUpdatedAt }: NodeView): string {
  return `${provisionState} ${provisionUpdatedAt ?? ""}`;
}

function mark(key: string, value: string) {
  return { op: "add", path: `/extra/${key}`, value } as const;
}
