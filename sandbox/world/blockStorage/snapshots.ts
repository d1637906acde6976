import type { Caller } from "../identity";
import { found, Refusal } from "../refusal";
import type { StorageContext } from "./context";
import type { SnapshotOptions, Volume, VolumeSnapshot } from "./records";

/** How long Cinder takes, in modelled milliseconds. */
export const snapshotTimes = { createMs: 5_000, deleteMs: 1_000 };

/** Copies of volumes: `creating` → `available` or `error`; `deleting` → gone or `error_deleting`. */
export class VolumeSnapshots {
  readonly #snapshots = new Map<string, VolumeSnapshot>();

  constructor(private readonly context: StorageContext) {}

  all(): VolumeSnapshot[] {
    return [...this.#snapshots.values()];
  }

  get(id: string): VolumeSnapshot | undefined {
    return this.#snapshots.get(id);
  }

  /** @throws {Refusal} 404 also for one that exists but is not `who`'s */
  show(id: string, who: Caller): VolumeSnapshot {
    const snapshot = this.#snapshots.get(id);
    const visible =
      snapshot !== undefined && (who.isAdmin || snapshot.projectId === who.projectId)
        ? snapshot
        : undefined;
    return found(visible, () => new Refusal(404, `Snapshot ${id} could not be found.`));
  }

  /** Copies what is on the volume now; the snapshot is usable a while later. */
  create(volume: Volume, { name, description, metadata }: SnapshotOptions): VolumeSnapshot {
    const { clock, faults, ids } = this.context;
    this.context.settle(volume);
    const snapshot: VolumeSnapshot = {
      id: ids.uuid(),
      name: name ?? null,
      description: description ?? null,
      volumeId: volume.id,
      type: volume.type,
      status: "creating",
      size: volume.size,
      metadata: { ...metadata },
      projectId: volume.projectId,
      createdAt: clock.now(),
      updatedAt: null,
      content: structuredClone(volume.content),
    };
    this.#snapshots.set(snapshot.id, snapshot);
    const names = [snapshot.id, snapshot.name ?? "", volume.id, volume.name ?? ""];
    // The driver has Nova make it where the volume is in use, and Nova refuses while a task runs.
    const isRefused = volume.type === "nfs" && this.context.isServerBusy(volume);
    const fails = faults.hasEffect("snapshotFails", "createSnapshot", names) || isRefused;
    clock.after(snapshotTimes.createMs, () => {
      if (snapshot.status === "creating") this.#setStatus(snapshot, fails ? "error" : "available");
    });
    return snapshot;
  }

  /** @throws {Refusal} 400 while it is being made or deleted, and after a deletion that failed */
  delete(id: string, who: Caller): void {
    const { clock, faults } = this.context;
    const snapshot = this.show(id, who);
    if (snapshot.status !== "available" && snapshot.status !== "error") {
      throw new Refusal(
        400,
        "Invalid snapshot: Snapshot status must be available or error and must not be part of a group.",
      );
    }
    this.#setStatus(snapshot, "deleting");
    const names = [id, snapshot.name ?? "", snapshot.volumeId];
    const fails = faults.hasEffect("snapshotDeleteFails", "deleteSnapshot", names);
    clock.after(snapshotTimes.deleteMs, () => {
      if (fails) this.#setStatus(snapshot, "error_deleting");
      else this.#snapshots.delete(id);
    });
  }

  touch(snapshot: VolumeSnapshot): void {
    snapshot.updatedAt = this.context.clock.now();
  }

  #setStatus(snapshot: VolumeSnapshot, status: VolumeSnapshot["status"]): void {
    snapshot.status = status;
    this.touch(snapshot);
  }
}
