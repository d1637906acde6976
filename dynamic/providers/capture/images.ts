import { formatSeconds, messageOf, TimeoutError } from "../../../common/errors";
import { ApiError, isConflict, type Image } from "../../../openstack";
import { imageNameOf, propertiesOf, tagsOf } from "../../../snapset/identity";
import { planImages, type ImageStep } from "../../../snapset/imagePlan";
import type { Member } from "../../../snapset/preflight";
import type { Context } from "../context";
import { observeImages, observeServers } from "./observe";
import { patchTags } from "./patch";

/** How often a request is made again whose answer got lost, or that met another task. */
const maxAttempts = 5;

interface Options {
  snapId: string;
  parallel: number;
  deadlineMs: number;
  /** The member whose tags and manifest are written last, as the commit. */
  anchor: string;
  notAfter: string | null;
}

/**
 * Images every member, `parallel` at a time, and tags all but the anchor. What an interrupted run
 * made is found by its identity and not made again.
 *
 * @returns the images by member
 * @throws {CaptureFailure} naming every member whose image failed
 */
export async function imageMembers(
  members: readonly Member[],
  options: Options,
  context: Context,
): Promise<Map<string, Image>> {
  const run = new ImageRun(members, options, context);
  const started = context.clock.now().getTime();
  for (;;) {
    context.signal.throwIfAborted();
    const steps = await run.tick();
    if (steps.every((step) => step.kind === "done")) return run.images;
    const failures = steps.flatMap((step) => (step.kind === "failed" ? [step] : []));
    if (failures.length > 0) throw new CaptureFailure(failures);
    const elapsed = context.clock.now().getTime() - started;
    const seen = describe(steps);
    if (elapsed > options.deadlineMs) {
      throw new TimeoutError(`images of set ${options.snapId}`, elapsed, seen);
    }
    context.report(`images ${seen}, ${formatSeconds(elapsed)}`);
    // A tenth of the time passed: what waiting adds stays a tenth, however long an image takes.
    await context.clock.sleep(Math.min(Math.max(elapsed / 10, 250), 5000), context.signal);
  }
}

/** Members whose images failed, each with its reason. */
class CaptureFailure extends Error {
  override readonly name = "CaptureFailure";

  constructor(readonly failures: readonly { member: string; reason: string }[]) {
    super(failures.map(({ member, reason }) => `image of ${member} failed: ${reason}`).join("\n"));
  }
}

class ImageRun {
  images = new Map<string, Image>();
  private readonly finished = new Set<string>();
  private readonly requested = new Map<string, string>();
  private readonly attempts = new Map<string, number>();
  private readonly refused = new Map<string, string>();

  constructor(
    private readonly members: readonly Member[],
    private readonly options: Options,
    private readonly context: Context,
  ) {}

  /** One look at the cloud, and everything that it asks for. */
  async tick(): Promise<ImageStep[]> {
    const instances = this.members.map((member) => member.instance);
    this.images = await observeImages(this.context, this.options.snapId, instances);
    const isAnyActive = this.members.some(({ instance: { name } }) => {
      return !this.finished.has(name) && this.images.get(name)?.status === "active";
    });
    const servers = isAnyActive ? await observeServers(this.context, instances) : undefined;
    const steps = planImages(
      this.members.map(({ instance: { name, uuid } }) => ({
        member: name,
        image: this.images.get(name),
        requestedImageId: this.requested.get(name),
        taskState: this.finished.has(name) ? null : servers?.get(uuid)?.["OS-EXT-STS:task_state"],
      })),
      { parallel: this.options.parallel },
    );
    await Promise.all(steps.map((step, i) => this.carryOut(step, this.members[i])));
    return steps.map((step) => this.withRefusal(step));
  }

  private async carryOut(step: ImageStep, member: Member | undefined): Promise<void> {
    if (member === undefined) return;
    if (step.kind === "request") await this.request(member);
    if (step.kind === "done" && !this.finished.has(step.member)) {
      if (step.member !== this.options.anchor) {
        await patchTags(this.context, step.imageId, tagsOf(member.identity));
      }
      this.finished.add(step.member);
    }
  }

  private async request({ instance, identity }: Member): Promise<void> {
    const attempt = (this.attempts.get(instance.name) ?? 0) + 1;
    this.attempts.set(instance.name, attempt);
    try {
      const imageId = await this.context.cloud.compute.createImage(instance.uuid, {
        name: imageNameOf(instance.name, this.options.snapId),
        metadata: propertiesOf({
          ...identity,
          notAfter: this.options.notAfter === null ? undefined : new Date(this.options.notAfter),
        }),
      });
      this.requested.set(instance.name, imageId);
    } catch (error) {
      if (!mayPass(error) || attempt >= maxAttempts) {
        this.refused.set(instance.name, messageOf(error));
      }
    }
  }

  /** A request that Nova refused for good is a failure of its member, seen after all others went out. */
  private withRefusal(step: ImageStep): ImageStep {
    const reason = this.refused.get(step.member);
    return reason === undefined ? step : { kind: "failed", member: step.member, reason };
  }
}

/**
 * Whether asking again may help: another task was running (409), or no answer came, so that the
 * image may exist or not: the next look at the cloud tells.
 */
function mayPass(error: unknown): boolean {
  return isConflict(error) || !(error instanceof ApiError);
}

function describe(steps: readonly ImageStep[]): string {
  const done = steps.filter((step) => step.kind === "done").length;
  const waiting = steps.flatMap((step) =>
    step.kind === "wait" ? [`${step.member} ${step.seen}`] : [],
  );
  return `${done}/${steps.length}${waiting.length > 0 ? `, ${waiting.slice(0, 3).join(", ")}` : ""}`;
}
