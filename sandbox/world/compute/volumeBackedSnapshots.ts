import type { VolumeSnapshot } from "../blockStorage/records";
import { snapshotTimes } from "../blockStorage/snapshots";
import type { Caller } from "../identity";
import type { Image } from "../images";
import { Refusal } from "../refusal";
import type { ComputeContext } from "./context";
import { mappingEntry } from "./imageMapping";
import type { Quiescing } from "./quiescing";
import type { Server } from "./records";
import { inheritedProperties, unexpected } from "./snapshotImage";

/** What createImage of a volume-backed server was asked with. */
interface Request {
  name: string;
  metadata: Record<string, string>;
  /** The guest's agent does not answer this time. */
  isSilent: boolean;
}

/** createImage of a volume-backed server: a Cinder snapshot per volume, and an empty image, active at once. */
export class VolumeBackedSnapshots {
  constructor(
    private readonly context: ComputeContext,
    private readonly quiescing: Quiescing,
  ) {}

  /** @throws {Refusal} 403 when Cinder has no room for the snapshots */
  create(server: Server, who: Caller, { name, metadata, isSilent }: Request): Image {
    this.#checkSnapshotQuota(server);
    const thaw = this.quiescing.freeze(server, isSilent);
    let mappings: object[];
    try {
      mappings = server.volumes.map((volume) =>
        mappingEntry(volume, this.#snapshot(who, volume.volumeId, `snapshot for ${name}`)),
      );
    } catch (error) {
      thaw?.();
      throw error;
    }
    // nova-compute thaws the guest when the last snapshot is there.
    if (thaw !== undefined) this.context.clock.after(snapshotTimes.createMs, thaw);
    return this.#image(server, name, {
      ...inheritedProperties(server, who),
      ...metadata,
      base_image_ref: "",
      root_device_name: "/dev/vda",
      bdm_v2: "True",
      block_device_mapping: JSON.stringify(mappings),
    });
  }

  // The snapshots are made by now, and stay when Glance refuses the image.
  #image(server: Server, name: string, properties: Record<string, string>): Image {
    const { images } = this.context;
    try {
      images.checkNew(server.projectId);
    } catch (error) {
      throw error instanceof Refusal ? unexpected("glanceclient.exc.HTTPOverLimit") : error;
    }
    const image = images.create(server.projectId, {
      name,
      visibility: "private",
      minDisk: server.imageMinDisk,
      properties,
    });
    images.setEmpty(image);
    return image;
  }

  // Nova asks for the limit before it makes the first snapshot (compute/api.py).
  #checkSnapshotQuota({ projectId, volumes }: Server): void {
    const limit = this.context.quotas["snapshots"] ?? -1;
    const used = this.context.volumes.usage(projectId)["snapshots"] ?? 0;
    if (limit >= 0 && used + volumes.length > limit) throw overQuota();
  }

  #snapshot(who: Caller, volumeId: string, name: string): VolumeSnapshot {
    try {
      return this.context.volumes.createSnapshot(who, volumeId, { name, force: true });
    } catch (error) {
      // Nova answers 403 where Cinder says that the quota is used up.
      if (error instanceof Refusal && error.status === 413) throw overQuota();
      throw error;
    }
  }
}

const overQuota = () => new Refusal(403, "Quota exceeded for resources: snapshots");
