import { emptyDisk, type DiskContent } from "./guest";
import type { Caller } from "./identity";
import type { Ids } from "./ids";
import type { Images } from "./images";
import { found, Refusal } from "./refusal";
import type { WorldClock } from "./worldClock";

/** Where a volume is attached. */
export interface VolumeAttachment {
  attachmentId: string;
  serverId: string;
  device: string;
  attachedAt: Date;
}

/** A Cinder volume and what is on it. */
export interface Volume {
  readonly id: string;
  name: string | null;
  description: string | null;
  status: "creating" | "available" | "reserved" | "in-use" | "deleting" | "error";
  size: number;
  readonly type: string;
  isBootable: boolean;
  metadata: Record<string, string>;
  readonly imageId: string | null;
  readonly snapshotId: string | null;
  readonly sourceVolumeId: string | null;
  readonly projectId: string;
  readonly userId: string;
  attachments: VolumeAttachment[];
  readonly createdAt: Date;
  updatedAt: Date | null;
  content: DiskContent;
}

/** A copy of a volume at one moment. */
export interface VolumeSnapshot {
  readonly id: string;
  name: string | null;
  description: string | null;
  readonly volumeId: string;
  status: "creating" | "available" | "deleting";
  readonly size: number;
  metadata: Record<string, string>;
  readonly projectId: string;
  readonly createdAt: Date;
  updatedAt: Date | null;
  readonly content: DiskContent;
}

/** What a request may say about a new volume. */
export interface VolumeOptions {
  size?: number | undefined;
  name?: string | null | undefined;
  description?: string | null | undefined;
  type?: string | undefined;
  imageId?: string | undefined;
  snapshotId?: string | undefined;
  sourceVolumeId?: string | undefined;
  metadata?: Record<string, string> | undefined;
}

/** Volume types, the first being the default; ids are made with the world. */
export interface VolumeType {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}

/** How long Cinder takes, in modelled milliseconds. */
const volumeTimes = { createMs: 2_000, snapshotMs: 5_000, deleteMs: 1_000 };

const notDeletable =
  "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.";

/** Cinder's content: volumes and snapshots. */
export class Volumes {
  readonly types: readonly VolumeType[];
  readonly #volumes = new Map<string, Volume>();
  readonly #snapshots = new Map<string, VolumeSnapshot>();

  constructor(
    private readonly clock: WorldClock,
    private readonly ids: Ids,
    private readonly images: Images,
    /** `volumes`, `gigabytes`, `snapshots` → limit; -1 or absent is none. */
    private readonly quotas: Readonly<Record<string, number>>,
  ) {
    this.types = [
      { id: ids.uuid(), name: "nfs", description: null },
      { id: ids.uuid(), name: "__DEFAULT__", description: "Default Volume Type" },
    ];
  }

  all(): Volume[] {
    return [...this.#volumes.values()];
  }

  snapshots(): VolumeSnapshot[] {
    return [...this.#snapshots.values()];
  }

  get(id: string): Volume | undefined {
    return this.#volumes.get(id);
  }

  show(id: string, who: Caller): Volume {
    const volume = this.#volumes.get(id);
    const visible =
      volume !== undefined && (who.isAdmin || volume.projectId === who.projectId)
        ? volume
        : undefined;
    return found(visible, () => new Refusal(404, `Volume ${id} could not be found.`));
  }

  create(who: Caller, options: VolumeOptions): Volume {
    const source = this.#source(who, options);
    const size = Math.max(options.size ?? source.size, 1);
    if (size < source.size) {
      throw new Refusal(
        400,
        `Invalid input received: Volume size '${size}'GB cannot be smaller than its source's size ${source.size}GB.`,
      );
    }
    this.#checkQuota(who.projectId, size);
    const volume: Volume = {
      id: this.ids.uuid(),
      name: options.name ?? null,
      description: options.description ?? null,
      status: "creating",
      size,
      type: this.#type(options.type),
      isBootable: source.isBootable,
      metadata: options.metadata ?? {},
      imageId: options.imageId ?? null,
      snapshotId: options.snapshotId ?? null,
      sourceVolumeId: options.sourceVolumeId ?? null,
      projectId: who.projectId,
      userId: who.userId,
      attachments: [],
      createdAt: this.clock.now(),
      updatedAt: null,
      content: source.content,
    };
    this.#volumes.set(volume.id, volume);
    this.clock.after(volumeTimes.createMs, () => {
      if (volume.status === "creating") this.setStatus(volume, "available");
    });
    return volume;
  }

  delete(id: string, who: Caller): void {
    const volume = this.show(id, who);
    const hasSnapshots = this.snapshots().some((snapshot) => snapshot.volumeId === id);
    const isIdle = volume.status === "available" || volume.status === "error";
    if (!isIdle || hasSnapshots) throw new Refusal(400, notDeletable);
    this.setStatus(volume, "deleting");
    this.clock.after(volumeTimes.deleteMs, () => this.#volumes.delete(id));
  }

  /** Removes at once, as part of the deletion of a server. */
  remove(id: string): void {
    this.#volumes.delete(id);
  }

  setStatus(volume: Volume, status: Volume["status"]): void {
    volume.status = status;
    volume.updatedAt = this.clock.now();
  }

  showSnapshot(id: string, who: Caller): VolumeSnapshot {
    const snapshot = this.#snapshots.get(id);
    const visible =
      snapshot !== undefined && (who.isAdmin || snapshot.projectId === who.projectId)
        ? snapshot
        : undefined;
    return found(visible, () => new Refusal(404, `Snapshot ${id} could not be found.`));
  }

  /** @throws {Refusal} 400 for a volume in use unless `force` */
  createSnapshot(
    who: Caller,
    volumeId: string,
    options: Pick<VolumeOptions, "name" | "description" | "metadata"> & { force?: boolean },
  ): VolumeSnapshot {
    const volume = this.show(volumeId, who);
    const isAllowed =
      volume.status === "available" || (volume.status === "in-use" && options.force === true);
    if (!isAllowed) {
      throw new Refusal(
        400,
        `Invalid volume: Volume ${volumeId} status must be available, but current status is: ${volume.status}.`,
      );
    }
    const limit = this.quotas["snapshots"] ?? -1;
    if (limit >= 0 && this.snapshots().length >= limit) {
      throw new Refusal(
        413,
        `SnapshotLimitExceeded: Maximum number of snapshots allowed (${limit}) exceeded`,
      );
    }
    const snapshot: VolumeSnapshot = {
      id: this.ids.uuid(),
      name: options.name ?? null,
      description: options.description ?? null,
      volumeId,
      status: "creating",
      size: volume.size,
      metadata: options.metadata ?? {},
      projectId: volume.projectId,
      createdAt: this.clock.now(),
      updatedAt: null,
      content: structuredClone(volume.content),
    };
    this.#snapshots.set(snapshot.id, snapshot);
    this.clock.after(volumeTimes.snapshotMs, () => {
      snapshot.status = "available";
      snapshot.updatedAt = this.clock.now();
    });
    return snapshot;
  }

  deleteSnapshot(id: string, who: Caller): void {
    const snapshot = this.showSnapshot(id, who);
    snapshot.status = "deleting";
    this.clock.after(volumeTimes.deleteMs, () => this.#snapshots.delete(id));
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

  #source(who: Caller, options: VolumeOptions) {
    if (options.snapshotId !== undefined) {
      const { size, content } = this.showSnapshot(options.snapshotId, who);
      return { size, content: structuredClone(content), isBootable: false };
    }
    if (options.sourceVolumeId !== undefined) {
      const { size, content, isBootable } = this.show(options.sourceVolumeId, who);
      return { size, content: structuredClone(content), isBootable };
    }
    if (options.imageId === undefined) return { size: 0, content: emptyDisk(), isBootable: false };
    const image = this.images.get(options.imageId);
    if (image === undefined || !this.images.isVisible(image, who)) {
      throw new Refusal(400, "Invalid image identifier or unable to access requested image.");
    }
    return { size: image.minDisk, content: this.images.contentOf(image), isBootable: true };
  }

  #checkQuota(projectId: string, size: number): void {
    const own = this.all().filter((volume) => volume.projectId === projectId);
    const volumes = this.quotas["volumes"] ?? -1;
    if (volumes >= 0 && own.length >= volumes) {
      throw new Refusal(
        413,
        `VolumeLimitExceeded: Maximum number of volumes allowed (${volumes}) exceeded for quota 'volumes'.`,
      );
    }
    const gigabytes = this.quotas["gigabytes"] ?? -1;
    const used = own.reduce((sum, volume) => sum + volume.size, 0);
    if (gigabytes >= 0 && used + size > gigabytes) {
      throw new Refusal(
        413,
        `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested ${size}G, quota is ${gigabytes}G and ${used}G has been consumed.`,
      );
    }
  }
}
