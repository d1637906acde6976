import type { Effect } from "../faults";
import type { DiskContent } from "../guest";
import type { Caller } from "../identity";
import type { Image } from "../images";
import { Refusal } from "../refusal";
import { imageTimeOf } from "../settings";
import type { ComputeContext } from "./context";
import { HostQueue } from "./hostQueue";
import { Quiescing } from "./quiescing";
import type { Server } from "./records";
import type { Servers } from "./servers";
import { inheritedProperties, unexpected } from "./snapshotImage";
import { VolumeBackedSnapshots } from "./volumeBackedSnapshots";

/** Modelled time for the image of a disk of 1 GB. */
const imageMsPerGb = 30_000;
/** Which part of it the extraction takes; the upload takes the rest. */
const extraction = 0.4;
/** How long Nova's task outlives an image that was `active` too early. */
const lateTaskMs = 10_000;

/** What was decided of an image when it was asked for. */
interface Plan {
  vanishes: boolean;
  staysQueued: boolean;
  staysSaving: boolean;
  uploadFails: boolean;
  isSilent: boolean;
  /** How much longer the task goes on than the image. */
  lateMs: number;
  imageMs: number;
}

/** An image on its way. */
interface Job {
  readonly server: Server;
  readonly image: Image;
  readonly plan: Plan;
  /** What was on the disk when it was copied. */
  content?: DiskContent | undefined;
  isDone: boolean;
}

/** createImage: queued → saving → active, with the server's task_state alongside. */
export class Snapshots {
  readonly #queue: HostQueue;
  readonly #quiescing: Quiescing;
  readonly #volumeBacked: VolumeBackedSnapshots;

  constructor(
    private readonly servers: Servers,
    private readonly context: ComputeContext,
  ) {
    this.#queue = new HostQueue(() => context.settings.snapshotsPerHost);
    this.#quiescing = new Quiescing(servers, context);
    this.#volumeBacked = new VolumeBackedSnapshots(context, this.#quiescing);
  }

  /** @throws {Refusal} 409 in a wrong state or while another task runs; a lock does not matter */
  create(server: Server, who: Caller, name: string, metadata: Record<string, string>): Image {
    this.servers.require(server, "createImage", ["active", "stopped", "paused", "suspended"]);
    this.#checkHost(server);
    if (server.imageId === "") {
      const isSilent = this.#hits("agentSilent", [name, server.name, server.id]) !== undefined;
      return this.#volumeBacked.create(server, who, { name, metadata, isSilent });
    }
    this.#checkQuota(server);
    const image = this.context.images.create(server.projectId, {
      name,
      visibility: "private",
      minDisk: Math.max(server.imageMinDisk, server.flavor.disk),
      properties: {
        ...inheritedProperties(server, who),
        instance_uuid: server.id,
        user_id: server.userId,
        image_type: "snapshot",
        ...metadata,
      },
    });
    const plan = this.#plan(server, [name, image.id, server.name, server.id]);
    this.servers.setTask(server, "image_snapshot_pending");
    this.#queue.enter(server.host, () => {
      this.#run({ server, image, plan, isDone: false });
    });
    return image;
  }

  /** @throws {Refusal} as the settings say, when the host has enough to do */
  #checkHost({ id, host }: Server): void {
    const { hostLimit } = this.context.settings;
    if (hostLimit === undefined || this.#queue.count(host) < hostLimit.snapshots) return;
    const { snapshots, status, retryAfter } = hostLimit;
    throw new Refusal(
      status,
      `Cannot 'createImage' instance ${id} while ${snapshots} snapshots run on its host`,
      "HostLimit",
      retryAfter,
    );
  }

  // Nova does not translate what Glance says of its quota.
  #checkQuota({ projectId }: Server): void {
    try {
      this.context.images.checkNew(projectId);
    } catch (error) {
      throw error instanceof Refusal ? unexpected("glanceclient.exc.HTTPOverLimit") : error;
    }
  }

  #hits(effect: Effect, names: readonly string[]) {
    return this.context.faults.effect(effect, "createImage", names);
  }

  #plan(server: Server, names: readonly string[]): Plan {
    const late = this.#hits("imageActiveEarly", names);
    const { settings, seed } = this.context;
    const otherwise = imageMsPerGb * Math.max(server.flavor.disk, 0.1);
    return {
      vanishes: this.#hits("imageVanishes", names) !== undefined,
      staysQueued: this.#hits("imageStuckQueued", names) !== undefined,
      staysSaving: this.#hits("imageStuckSaving", names) !== undefined,
      uploadFails: this.#hits("imageUploadFails", names) !== undefined,
      isSilent: this.#hits("agentSilent", names) !== undefined,
      lateMs: late === undefined ? 0 : (late.ms ?? lateTaskMs),
      imageMs: imageTimeOf(settings, server.name, seed, otherwise),
    };
  }

  #run(job: Job): void {
    const { server, plan } = job;
    const extractedMs = plan.imageMs * extraction;
    this.#step(job, 0, () => {
      this.servers.setTask(server, "image_snapshot");
    });
    this.#step(job, Math.min(500, extractedMs / 2), () => {
      this.servers.setTask(server, "image_pending_upload");
      if (this.#quiescing.isImpossible(server)) this.#giveUp(job);
      else job.content = this.#quiescing.capture(server, plan.isSilent);
    });
    this.#step(job, extractedMs, () => {
      // What a restart of nova-compute leaves behind: no task, and nobody who goes on.
      if (plan.staysQueued) this.#finish(job);
      else this.#beginUpload(job);
    });
    this.context.clock.after(plan.imageMs, () => {
      if (!job.isDone && !plan.staysSaving) this.#endUpload(job);
    });
  }

  #beginUpload(job: Job): void {
    this.servers.setTask(job.server, "image_uploading");
    job.image.diskFormat = "qcow2";
    job.image.containerFormat = "bare";
    try {
      this.context.images.beginUpload(job.image);
    } catch {
      this.#giveUp(job);
    }
  }

  #endUpload(job: Job): void {
    const { server, image, plan } = job;
    const { clock, images } = this.context;
    if (plan.vanishes || !this.#isThere(server) || server.taskState === "deleting") {
      images.remove(image.id);
    } else if (plan.uploadFails) {
      image.status = "queued";
      images.touch(image);
    } else if (images.get(image.id) === image) {
      this.#activate(job);
    }
    if (image.status === "active" && plan.lateMs > 0) {
      clock.after(plan.lateMs, () => {
        this.#finish(job);
      });
    } else {
      this.#finish(job);
    }
  }

  #activate({ server, image, content }: Job): void {
    Object.assign(image.properties, {
      owner_id: server.projectId,
      image_state: "available",
      image_location: "snapshot",
    });
    const bytes = Buffer.byteLength(JSON.stringify(content ?? {}));
    this.context.images.setContent(
      image,
      content,
      server.imageSize + bytes,
      server.flavor.disk * 2 ** 30,
    );
  }

  /** nova-compute fails, and takes the image with it (compute/manager.py, delete_image_on_error). */
  #giveUp(job: Job): void {
    this.context.images.remove(job.image.id);
    const action = job.server.actions.find((candidate) => candidate.action === "createImage");
    if (action !== undefined) action.message = "Error";
    this.#finish(job);
  }

  #finish(job: Job): void {
    const { server } = job;
    job.isDone = true;
    if (server.taskState !== "deleting") this.servers.setTask(server, null);
    this.servers.noticePowerOff(server);
    this.#queue.release(server.host);
  }

  #step(job: Job, ms: number, action: () => void): void {
    this.context.clock.after(ms, () => {
      const { server, image } = job;
      const isWanted = this.context.images.get(image.id) === image;
      if (!job.isDone && isWanted && this.#isThere(server) && server.taskState !== "deleting") {
        action();
      }
    });
  }

  #isThere(server: Server): boolean {
    return this.servers.get(server.id) === server;
  }
}
