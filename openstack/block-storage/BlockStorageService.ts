import { z } from "zod";
import type { ServiceClient } from "../http/ServiceClient";
import {
  blockStorageLimitsSchema,
  snapshotSchema,
  volumeSchema,
  type BlockStorageLimits,
  type BlockStorageQuery,
  type Snapshot,
  type Volume,
} from "./types";
import { urls } from "./urls";

/** Cinder. */
export class BlockStorageService {
  constructor(private readonly client: ServiceClient) {}

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

  async showLimits(): Promise<BlockStorageLimits> {
    const call = { action: "showLimits", method: "GET", path: urls.limits } as const;
    return (await this.client.ask(call, blockStorageLimitsSchema)).limits.absolute;
  }

  /** @throws {ApiError} 400 for a volume that is attached or has snapshots, 404 when it is gone */
  async deleteVolume(id: string): Promise<void> {
    await this.client.send({ action: "deleteVolume", method: "DELETE", path: urls.volume(id) });
  }
}
