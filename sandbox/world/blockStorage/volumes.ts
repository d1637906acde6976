import { emptyDisk, type DiskContent } from "../guest";
import type { Caller } from "../identity";
import { found, Refusal } from "../refusal";
import type { StorageContext } from "./context";
import { checkStorageQuota, storageUsage, type StorageUsage } from "./quota";
import type { SnapshotOptions, Volume, VolumeOptions, VolumeSnapshot, VolumeType } from "./records";
import { VolumeSnapshots } from "./snapshots";

/** How long Cinder takes, in modelled milliseconds. */
const volumeTimes = { createMs: 2_000, deleteMs: 1_000 };

const notDeletable =
  "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.";

/** What a new volume begins with. */
interface Source {
  size: number;
  content: DiskContent;
  isBootable: boolean;
  imageId: string | null;
  imageProperties: Readonly<Record<string, string>>;
}

const nothing = { imageId: null, imageProperties: {}, isBootable: false };

/** Cinder's content: volumes, and with them their snapshots. */
export class Volumes {
  readonly types: readonly VolumeType[];
  readonly snapshotStore: VolumeSnapshots;
  readonly #volumes = new Map<string, Volume>();

  constructor(private readonly context: StorageContext) {
    const { ids } = context;
    this.types = [
      { id: ids.uuid(), name: "nfs", description: null },
      { id: ids.uuid(), name: "__DEFAULT__", description: "Default Volume Type" },
    ];
    this.snapshotStore = new VolumeSnapshots(context);
  }

  all(): Volume[] {
    return [...this.#volumes.values()];
  }

  snapshots(): VolumeSnapshot[] {
    return this.snapshotStore.all();
  }

  get(id: string): Volume | undefined {
    return this.#volumes.get(id);
  }

  /** @throws {Refusal} 404 also for one that exists but is not `who`'s */
  show(id: string, who: Caller): Volume {
    const volume = this.#volumes.get(id);
    const visible =
      volume !== undefined && (who.isAdmin || volume.projectId === who.projectId)
        ? volume
        : undefined;
    return found(visible, () => new Refusal(404, `Volume ${id} could not be found.`));
  }

  /** @throws {Refusal} before anything is made */
  create(who: Caller, options: VolumeOptions): Volume {
    const { clock, ids } = this.context;
    const source = this.#source(who, options);
    const size = Math.max(options.size ?? source.size, 1);
    if (size < source.size) {
      throw new Refusal(
        400,
        `Invalid input received: Volume size '${size}'GB cannot be smaller than its source's size ${source.size}GB.`,
      );
    }
    const type = this.#type(options.type);
    checkStorageQuota(this.context.quotas, this.usage(who.projectId), "volumes", { type, size });
    const volume: Volume = {
      id: ids.uuid(),
      name: options.name ?? null,
      description: options.description ?? null,
      status: "creating",
      size,
      type,
      isBootable: source.isBootable,
      metadata: options.metadata ?? {},
      imageId: source.imageId,
      imageProperties: source.imageProperties,
      snapshotId: options.snapshotId ?? null,
      sourceVolumeId: options.sourceVolumeId ?? null,
      projectId: who.projectId,
      userId: who.userId,
      attachments: [],
      createdAt: clock.now(),
      updatedAt: null,
      content: source.content,
    };
    this.#volumes.set(volume.id, volume);
    clock.after(volumeTimes.createMs, () => {
      if (volume.status === "creating") this.setStatus(volume, "available");
    });
    return volume;
  }

  /** @throws {Refusal} 400 for one that is attached or has snapshots */
  delete(id: string, who: Caller): void {
    const volume = this.show(id, who);
    const hasSnapshots = this.snapshots().some((snapshot) => snapshot.volumeId === id);
    const isIdle = volume.status === "available" || volume.status === "error";
    if (!isIdle || hasSnapshots) throw new Refusal(400, notDeletable);
    this.setStatus(volume, "deleting");
    this.context.clock.after(volumeTimes.deleteMs, () => this.#volumes.delete(id));
  }

  /** Removes at once, as part of the deletion of a server; one with snapshots stays. */
  remove(volume: Volume): void {
    if (this.snapshots().some((snapshot) => snapshot.volumeId === volume.id)) {
      this.setStatus(volume, "available");
    } else {
      this.#volumes.delete(volume.id);
    }
  }

  setStatus(volume: Volume, status: Volume["status"]): void {
    volume.status = status;
    volume.updatedAt = this.context.clock.now();
  }

  showSnapshot(id: string, who: Caller): VolumeSnapshot {
    return this.snapshotStore.show(id, who);
  }

  /** @throws {Refusal} 400 for a volume in use unless `force`, 413 beyond a quota */
  createSnapshot(who: Caller, volumeId: string, options: SnapshotOptions): VolumeSnapshot {
    const volume = this.show(volumeId, who);
    const isAllowed =
      volume.status === "available" || (volume.status === "in-use" && options.force === true);
    if (!isAllowed) {
      throw new Refusal(
        400,
        `Invalid volume: Volume ${volumeId} status must be available, but current status is: ${volume.status}.`,
      );
    }
    const usage = this.usage(volume.projectId);
    checkStorageQuota(this.context.quotas, usage, "snapshots", volume);
    return this.snapshotStore.create(volume, options);
  }

  deleteSnapshot(id: string, who: Caller): void {
    this.snapshotStore.delete(id, who);
  }

  usage(projectId: string): StorageUsage {
    return storageUsage(projectId, this.all(), this.snapshots());
  }

  #type(wanted: string | undefined): string {
    const type =
      wanted === undefined
        ? this.types[0]
        : this.types.find(({ id, name }) => id === wanted || name === wanted);
    return found(
      type,
      () => new Refusal(404, `Volume type with name ${wanted ?? ""} could not be found.`),
    ).name;
  }

  #source(who: Caller, options: VolumeOptions): Source {
    if (options.snapshotId !== undefined) return this.#copyOfSnapshot(who, options.snapshotId);
    if (options.sourceVolumeId !== undefined) {
      const volume = this.show(options.sourceVolumeId, who);
      this.context.settle(volume);
      return { ...volume, content: structuredClone(volume.content) };
    }
    if (options.imageId === undefined) return { ...nothing, size: 0, content: emptyDisk() };
    const { images } = this.context;
    const image = images.get(options.imageId);
    if (image === undefined || !images.isVisible(image, who)) {
      throw new Refusal(400, "Invalid image identifier or unable to access requested image.");
    }
    return {
      size: image.minDisk,
      content: images.contentOf(image),
      isBootable: true,
      imageId: image.id,
      imageProperties: { ...image.properties },
    };
  }

  #copyOfSnapshot(who: Caller, id: string): Source {
    const snapshot = this.showSnapshot(id, who);
    if (snapshot.status !== "available") {
      throw new Refusal(
        400,
        "Invalid snapshot: Originating snapshot status must be one of 'available' values",
      );
    }
    // A volume with snapshots cannot be deleted, so what the copy was made of is still there.
    const volume = this.#volumes.get(snapshot.volumeId) ?? nothing;
    return { ...volume, size: snapshot.size, content: structuredClone(snapshot.content) };
  }
}
