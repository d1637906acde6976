import { getOrMake } from "../../common/getOrMake";
import { eachBounded, parallelRequests } from "../../common/eachBounded";
import { messageOf } from "../../common/errors";
import { ApiError, type Image } from "../../openstack";
import { disturbanceOf } from "../../snapset/capture/disturbance";
import { HostLimits } from "../../snapset/capture/hostLimits";
import {
  isUnderWay,
  planImages,
  type ImageObservation,
  type ImageStep,
} from "../../snapset/capture/imagePlan";
import type { Member } from "../../snapset/capture/member";
import type { ServerView } from "../../snapset/capture/server";
import { imageNameOf, propertiesOf, tagsOf } from "../../snapset/identity";
import type { Context } from "../context";
import { discardImage } from "./adopt";
import type { OpenJournal } from "../capture/journal";
import { observeImages } from "../glance/images";
import { patchTags } from "../glance/patch";
import type { CaptureInputs } from "../capture/types";

/** How many images are asked for at most for one member: uploads fail, and the next one works. */
const maxAttempts = 3;
/** How long a request without an answer may take to show in Nova's and Glance's lists. */
const settleMs = 5000;
/** How long at least after a refusal for now; services say Retry-After: 0, too. */
const refusedMs = 1000;
/** Statuses of a refusal for now: another task runs, too many requests, no capacity. */
const forNow = [409, 429, 503];

/** What this run knows of one member beside what the cloud shows. */
interface Attempt {
  count: number;
  imageId?: string;
  /** No request before this moment: one is without an answer, or was refused for now. */
  notBefore: number;
  /** Since when the image has been unfinished without a task. */
  idleSince?: number;
  /** Why Nova will not make the image, however often it is asked. */
  refusal?: string;
}

/** The images of all members, from the first request to the last tag but the anchor's. */
export class ImageRun {
  images: ReadonlyMap<string, Image> = new Map();
  /** The server's `updated` when its image was seen finished, by member. */
  readonly settled = new Map<string, string>();
  private readonly attempts = new Map<string, Attempt>();
  private readonly limits: HostLimits;
  private isLooked = false;

  constructor(
    private readonly members: readonly Member[],
    private readonly inputs: CaptureInputs,
    private readonly journal: OpenJournal,
    private readonly anchor: string,
    private readonly context: Context,
  ) {
    this.limits = new HostLimits(inputs.imagesPerHost);
  }

  /**
   * One look at the cloud, and everything that it asks for.
   *
   * @param servers as Nova lists them now
   * @param held members whose image is not to be asked for yet
   */
  async tick(
    servers: ReadonlyMap<string, ServerView>,
    held: ReadonlySet<string>,
  ): Promise<ImageStep[]> {
    const { instances } = this.inputs;
    if (this.hasNews(servers)) {
      this.images = (await observeImages(this.context, this.inputs.snapId, instances)).members;
      this.isLooked = true;
    }
    const observations = this.members.map((member) => this.observe(member, servers, held));
    const steps = planImages(observations, {
      parallel: this.inputs.parallelImages,
      ofHost: (host) => this.limits.limitOf(host),
      attempts: maxAttempts,
      abandonedMs: this.inputs.deadlines.idle,
    });
    if (steps.some(({ kind }) => kind === "failed")) return steps;
    await this.carryOut(steps, observations, servers);
    return steps.map((step) => this.withRefusal(step));
  }

  /** Glance has something to tell once Nova's task for one of our images is over. */
  private hasNews(servers: ReadonlyMap<string, ServerView>): boolean {
    if (!this.isLooked) return true;
    return this.members.some(({ instance: { name, uuid } }) => {
      const isOurs = this.images.has(name) || (this.attempts.get(name)?.count ?? 0) > 0;
      const isIdle = servers.get(uuid)?.["OS-EXT-STS:task_state"] === null;
      return isOurs && isIdle && !this.settled.has(name);
    });
  }

  private observe(
    member: Member,
    servers: ReadonlyMap<string, ServerView>,
    held: ReadonlySet<string>,
  ): ImageObservation {
    const { name, uuid } = member.instance;
    const server = servers.get(uuid);
    const image = this.images.get(name);
    const attempt = this.attemptOf(name);
    const taskState = server?.["OS-EXT-STS:task_state"] ?? null;
    const now = this.context.clock.now().getTime();
    const isIdle = image !== undefined && image.status !== "active" && taskState === null;
    if (isIdle) attempt.idleSince ??= now;
    else delete attempt.idleSince;
    return {
      member: name,
      host: server?.hostId ?? "",
      disturbance: disturbanceOf(member, server, this.inputs.consistency),
      taskState,
      image,
      isFinished: this.settled.has(name),
      requestedImageId: attempt.imageId,
      attempts: attempt.count,
      mayAsk: attempt.notBefore <= now && !held.has(name),
      idleMs: attempt.idleSince === undefined ? 0 : now - attempt.idleSince,
    };
  }

  private async carryOut(
    steps: readonly ImageStep[],
    observations: readonly ImageObservation[],
    servers: ReadonlyMap<string, ServerView>,
  ): Promise<void> {
    const work = this.members.flatMap((member, i) => {
      const step = steps[i];
      if (step === undefined || step.kind === "wait" || step.kind === "failed") return [];
      return step.kind === "done" && this.settled.has(step.member) ? [] : [{ member, step }];
    });
    const accepted = new Map<string, number>();
    const underWay = (host: string) =>
      observations.filter((seen, i) => seen.host === host && isUnderWay(seen, steps[i])).length +
      (accepted.get(host) ?? 0);
    await eachBounded(work, parallelRequests, async ({ member, step }) => {
      const server = servers.get(member.instance.uuid);
      const host = server?.hostId ?? "";
      if (step.kind === "request" && (await this.request(member, host, underWay))) {
        accepted.set(host, (accepted.get(host) ?? 0) + 1);
      }
      if (step.kind === "discard") await this.discard(step.member);
      if (step.kind === "done") await this.finish(member, step.imageId, server);
    });
  }

  private async finish(member: Member, imageId: string, server: ServerView | undefined) {
    const { name } = member.instance;
    const tags = tagsOf(member.identity);
    const has = this.images.get(name)?.tags ?? [];
    const isTagged = tags.every((tag) => has.includes(tag));
    if (name !== this.anchor && !isTagged) await patchTags(this.context, imageId, tags);
    this.settled.set(name, server?.updated ?? "");
  }

  private async discard(name: string): Promise<void> {
    const image = this.images.get(name);
    if (image === undefined) return;
    await discardImage(image, this.inputs, this.context);
    this.images = new Map([...this.images].filter(([member]) => member !== name));
  }

  /** @returns whether Nova has accepted it */
  private async request(
    { instance, identity }: Member,
    host: string,
    underWay: (host: string) => number,
  ): Promise<boolean> {
    // Of many requests of one tick none is sent after the first that was refused for good.
    if ([...this.attempts.values()].some(({ refusal }) => refusal !== undefined)) return false;
    const attempt = this.attemptOf(instance.name);
    try {
      attempt.imageId = await this.context.cloud.compute.createImage(instance.uuid, {
        name: imageNameOf(instance.name, this.inputs.snapId),
        metadata: {
          ...propertiesOf({ ...identity, ...this.dates() }),
          // Of a volume-backed server Nova would not say it, or say an inherited one.
          instance_uuid: instance.uuid,
        },
      });
      attempt.count += 1;
      this.limits.accepted(host);
      return true;
    } catch (error) {
      this.context.signal.throwIfAborted();
      this.judge(error, attempt, host, underWay(host));
      return false;
    }
  }

  /** What a refused request means: for now, for good, or that nobody knows whether it was carried out. */
  private judge(error: unknown, attempt: Attempt, host: string, underWay: number): void {
    const now = this.context.clock.now().getTime();
    if (!(error instanceof ApiError)) {
      // No answer came: the image may be on its way, and the next looks at the cloud tell.
      attempt.count += 1;
      attempt.notBefore = now + settleMs;
      return;
    }
    if (!forNow.includes(error.status)) {
      attempt.refusal = messageOf(error);
      return;
    }
    this.limits.refused(host, underWay);
    attempt.notBefore = now + Math.max(error.retryAfterMs ?? 0, refusedMs);
  }

  private dates() {
    const { capturedAt, notAfter } = this.journal.progress;
    return {
      capturedAt: new Date(capturedAt),
      notAfter: notAfter === null ? undefined : new Date(notAfter),
    };
  }

  private attemptOf(name: string): Attempt {
    return getOrMake(this.attempts, name, () => ({ count: 0, notBefore: 0 }));
  }

  private withRefusal(step: ImageStep): ImageStep {
    const reason = this.attempts.get(step.member)?.refusal;
    return reason === undefined ? step : { kind: "failed", member: step.member, reason };
  }
}
