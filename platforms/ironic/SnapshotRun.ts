import { getOrMake } from "../../common/getOrMake";
import { eachBounded, parallelRequests } from "../../common/eachBounded";
import type { Image } from "../../openstack";
import { imageNameOf, propertiesOf, tagsOf } from "../../snapset/identity";
import { imageRefProblem } from "../../snapset/ironic/capability";
import { isInFlight, snapshotMarkKey, type NodeView } from "../../snapset/ironic/node";
import {
  planSnapshot,
  type SnapshotObservation,
  type SnapshotStep,
} from "../../snapset/ironic/snapshotPlan";
import type { Context } from "../context";
import { ifThere } from "../tolerate";
import { observeImages } from "../glance/images";
import { patchTags } from "../glance/patch";
import type { CaptureRun } from "../platform";
import { askOnce, type Asked } from "./ask";
import { clearMark } from "./mark";
import { observeNodes } from "./observe";
import type { NodeMember } from "./preflight";

/** How often a snapshot is asked for at most: ramdisks miss their network, and the next boot works. */
const maxAttempts = 3;

interface Attempt extends Asked {
  /** Since when the image has been unfinished while nobody works on the node. */
  idleSince?: number;
}

/** The snapshots of all machines on their way, each tick from what Ironic and Glance show. */
export class SnapshotRun {
  images: ReadonlyMap<string, Image> = new Map();
  private readonly finished = new Set<string>();
  private readonly attempts = new Map<string, Attempt>();

  constructor(
    private readonly members: readonly NodeMember[],
    private readonly run: CaptureRun,
    private readonly context: Context,
  ) {}

  /** One look at both, and everything that it asks for. */
  async tick(): Promise<SnapshotStep[]> {
    const { snapId, deadlines, parallelImages } = this.run.inputs;
    const instances = this.members.map(({ instance }) => instance);
    // Nodes first: one that is seen active has its image in the list that comes after.
    const nodes = await observeNodes(this.context);
    this.images = (await observeImages(this.context, snapId, instances)).members;
    const limits = { attempts: maxAttempts, abandonedMs: deadlines.idle };
    const steps = this.members.map((member) =>
      planSnapshot(this.observe(member, nodes.get(member.instance.uuid)), limits),
    );
    if (steps.some(({ kind }) => kind === "failed")) return steps;
    const underWay = [...nodes.values()].filter((node) => isInFlight(node, snapId)).length;
    const bounded = withinBounds(steps, parallelImages - underWay);
    await this.carryOut(bounded, nodes);
    return bounded.map((step) =>
      step.kind === "done" && !this.finished.has(step.member)
        ? { kind: "wait", member: step.member, seen: "active, still locked by its conductor" }
        : step,
    );
  }

  private observe({ instance }: NodeMember, node: NodeView | undefined): SnapshotObservation {
    const { name } = instance;
    const { snapId } = this.run.inputs;
    const image = this.images.get(name);
    const attempt = this.attemptOf(name);
    const now = this.context.clock.now().getTime();
    const isIdle = image?.status !== "active" && node !== undefined && !isInFlight(node, snapId);
    if (isIdle) attempt.idleSince ??= now;
    else delete attempt.idleSince;
    const refusal = attempt.count >= maxAttempts ? attempt.lastProblem : undefined;
    return {
      member: name,
      snapId,
      node,
      image,
      isExpectedOff: this.run.inputs.consistency === "shutdown",
      isFinished: this.finished.has(name),
      attempts: attempt.count,
      mayAsk: attempt.notBefore <= now,
      idleMs: attempt.idleSince === undefined ? 0 : now - attempt.idleSince,
      refusal: attempt.refusal ?? refusal,
    };
  }

  private async carryOut(
    steps: readonly SnapshotStep[],
    nodes: ReadonlyMap<string, NodeView>,
  ): Promise<void> {
    const work = this.members.flatMap((member, i) => {
      const step = steps[i];
      return step === undefined || step.kind === "wait" ? [] : [{ member, step }];
    });
    await eachBounded(work, parallelRequests, async ({ member, step }) => {
      const node = nodes.get(member.instance.uuid);
      if (step.kind === "hold") await this.hold(member);
      if (step.kind === "discard")
        await ifThere(this.context.cloud.image.deleteImage(step.imageId));
      if (step.kind === "snapshot" && node !== undefined) {
        await this.request(member, node, step.imageId);
      }
      if (step.kind === "done") await this.finish(member, step.imageId, node);
    });
  }

  /** The holder: an image without data, which has this member's identity from its first moment. */
  private async hold({ instance, identity }: NodeMember): Promise<void> {
    const { capturedAt, notAfter } = this.run.journal.progress;
    const attempt = this.attemptOf(instance.name);
    const requests = attempt.count;
    attempt.lastProblem = undefined;
    const request = {
      name: imageNameOf(instance.name, identity.snapId),
      properties: {
        ...propertiesOf({
          ...identity,
          capturedAt: new Date(capturedAt),
          notAfter: notAfter === null ? undefined : new Date(notAfter),
        }),
        instance_uuid: instance.uuid,
        // What the ramdisk streams; Glance takes no data before it knows.
        disk_format: "qcow2",
        container_format: "bare",
      },
    };
    const make = async () => {
      await this.context.cloud.image.createImage(request);
    };
    await askOnce(attempt, make, this.context);
    // Only snapshots count: of an answer that got lost the next look at Glance tells.
    attempt.count = requests;
    attempt.refusal ??= attempt.lastProblem;
  }

  private async request({ instance }: NodeMember, node: NodeView, imageId: string): Promise<void> {
    const { bareMetal } = this.context.cloud;
    const { snapId } = this.run.inputs;
    const attempt = this.attemptOf(instance.name);
    attempt.refusal = imageRefProblem(imageId);
    if (attempt.refusal !== undefined) return;
    const ask = async () => {
      if (node.snapshotMark !== snapId) {
        const path = `/extra/${snapshotMarkKey}`;
        await bareMetal.updateNode(node.uuid, [{ op: "add", path, value: snapId }]);
      }
      await bareMetal.setProvisionState(node.uuid, { target: "snapshot", image_ref: imageId });
    };
    await askOnce(attempt, ask, this.context);
  }

  private async finish(
    { instance, identity }: NodeMember,
    imageId: string,
    node: NodeView | undefined,
  ): Promise<void> {
    const { name } = instance;
    const tags = tagsOf(identity);
    const has = this.images.get(name)?.tags ?? [];
    const isTagged = tags.every((tag) => has.includes(tag));
    if (name !== this.run.anchor && !isTagged) await patchTags(this.context, imageId, tags);
    const isClear =
      node === undefined || (await clearMark(node, this.run.inputs.snapId, this.context));
    if (isClear) this.finished.add(name);
  }

  private attemptOf(name: string): Attempt {
    return getOrMake(this.attempts, name, () => ({ count: 0, notBefore: 0 }));
  }
}

/** So many snapshots are begun; the others wait for their turn. */
function withinBounds(steps: readonly SnapshotStep[], places: number): SnapshotStep[] {
  let free = places;
  return steps.map((step) => {
    if (step.kind !== "snapshot") return step;
    free -= 1;
    return free >= 0 ? step : { kind: "wait", member: step.member, seen: "its turn" };
  });
}
