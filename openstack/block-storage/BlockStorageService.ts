import { z } from "zod";
import type { ServiceClient } from "../http/ServiceClient";
import {
  blockStorageLimitsSchema,
  quotaSetSchema,
  snapshotSchema,
  volumeSchema,
  volumeTypeSchema,
  type BlockStorageLimits,
  type BlockStorageQuery,
  type QuotaUsage,
  type Snapshot,
  type SnapshotRequest,
  type Volume,
  type VolumeType,
} from "./types";
import { urls } from "./urls";

/**
 * Cinder, at its first microversion: there `force` is what allows a snapshot of a volume in use,
 * from 3.66 it is not needed any more.
 */
export class BlockStorageService {
  /** @param projectId whose quotas are shown */
  constructor(
    private readonly client: ServiceClient,
    private readonly projectId: string,
  ) {}

  listVolumes(query: BlockStorageQuery = {}): Promise<Volume[]> {
    const listing = { key: "volumes", item: volumeSchema };
    return this.client.list("listVolumes", urls.volumesDetail, { ...query }, listing);
  }

  async showVolume(id: string): Promise<Volume> {
    const call = { action: "showVolume", method: "GET", path: urls.volume(id) } as const;
    return (await this.client.ask(call, z.object({ volume: volumeSchema }))).volume;
  }

  listSnapshots(query: BlockStorageQuery & { volume_id?: string } = {}): Promise<Snapshot[]> {
    const listing = { key: "snapshots", item: snapshotSchema };
    return this.client.list("listSnapshots", urls.snapshotsDetail, { ...query }, listing);
  }

  async showSnapshot(id: string): Promise<Snapshot> {
    const call = { action: "showSnapshot", method: "GET", path: urls.snapshot(id) } as const;
    return (await this.client.ask(call, z.object({ snapshot: snapshotSchema }))).snapshot;
  }

  /**
   * Asks for a snapshot of a volume; it is `creating` then. Not sent again when its answer gets
   * lost: that would make two.
   *
   * @throws {ApiError} 400 for a volume that is in use without `force`, or has no usable status;
   * 413 beyond the quota, of snapshots or of gigabytes
   */
  async createSnapshot(request: SnapshotRequest): Promise<Snapshot> {
    const { volumeId, name, metadata = {}, force = false } = request;
    const answer = await this.client.ask(
      {
        action: "createSnapshot",
        method: "POST",
        path: urls.snapshots,
        body: { snapshot: { volume_id: volumeId, name, metadata, force } },
      },
      z.object({ snapshot: snapshotSchema }),
    );
    return answer.snapshot;
  }

  /**
   * Writes metadata; keys that are not given stay as they are.
   *
   * @returns all that there are then
   */
  async updateSnapshotMetadata(
    id: string,
    metadata: Readonly<Record<string, string>>,
  ): Promise<Record<string, string>> {
    const answer = await this.client.ask(
      {
        action: "updateSnapshotMetadata",
        method: "POST",
        path: urls.snapshotMetadata(id),
        body: { metadata },
        isIdempotent: true,
      },
      z.object({ metadata: z.record(z.string(), z.string()) }),
    );
    return answer.metadata;
  }

  /**
   * Accepted at once; when the back end cannot yet (`SnapshotIsBusy`: volumes depend on it) the
   * snapshot is `available` again after a while (cinder `volume/manager.py`).
   *
   * @throws {ApiError} 400 while it is being made or deleted, 404 when it is gone
   */
  async deleteSnapshot(id: string): Promise<void> {
    const path = urls.snapshot(id);
    await this.client.send({ action: "deleteSnapshot", method: "DELETE", path });
  }

  /**
   * The project's quotas by name: `snapshots`, `gigabytes`, and for a volume type `snapshots_<type>`,
   * `gigabytes_<type>`. A snapshot counts its volume's size as gigabytes.
   */
  async showQuotaSet(): Promise<Readonly<Record<string, QuotaUsage>>> {
    const path = urls.quotaSet(this.projectId);
    const call = { action: "showQuotaSet", method: "GET", path, query: { usage: true } } as const;
    return (await this.client.ask(call, quotaSetSchema)).quota_set;
  }

  /** Those that the project may use. */
  listVolumeTypes(): Promise<VolumeType[]> {
    const listing = { key: "volume_types", item: volumeTypeSchema };
    return this.client.list("listVolumeTypes", urls.volumeTypes, {}, listing);
  }

  async showLimits(): Promise<BlockStorageLimits> {
    const call = { action: "showLimits", method: "GET", path: urls.limits } as const;
    return (await this.client.ask(call, blockStorageLimitsSchema)).limits.absolute;
  }

  /** @throws {ApiError} 400 for a volume that is attached or has snapshots, 404 when it is gone */
  async deleteVolume(id: string): Promise<void> {
    await this.client.send({ action: "deleteVolume", method: "DELETE", path: urls.volume(id) });
  }
}
