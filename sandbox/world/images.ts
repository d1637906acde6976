import { createHash } from "node:crypto";
import { emptyDisk, type DiskContent } from "./guest";
import type { Caller } from "./identity";
import type { Ids } from "./ids";
import { checkImageQuota, imageUsage, type ImageQuota } from "./imageQuota";
import { found, Refusal } from "./refusal";
import type { WorldClock } from "./worldClock";

/** Glance's states; it has none for a failed upload. */
export type ImageStatus = "queued" | "saving" | "active";

/** Who sees an image. */
export type Visibility = "public" | "private" | "shared" | "community";

/** An image: its record, and the disk in it. */
export interface Image {
  readonly id: string;
  name: string | null;
  status: ImageStatus;
  visibility: Visibility;
  readonly owner: string;
  tags: string[];
  /** Everything that Glance stores as text besides its own fields. */
  properties: Record<string, string>;
  isProtected: boolean;
  isHidden: boolean;
  minDisk: number;
  minRam: number;
  diskFormat: string | null;
  containerFormat: string | null;
  size: number | null;
  virtualSize: number | null;
  checksum: string | null;
  hashValue: string | null;
  readonly createdAt: Date;
  updatedAt: Date;
  content: DiskContent | undefined;
  /** The file, where one was uploaded. */
  bytes: Buffer | undefined;
  /** Project id → whether it has accepted a shared image. */
  readonly members: Map<string, "pending" | "accepted" | "rejected">;
}

/** What a new image may be given. */
export type ImageOptions = Partial<Omit<Image, "owner" | "createdAt" | "updatedAt" | "members">>;

/** Default quotas of Glance: image_tag_quota, image_property_quota. */
export const maxTags = 128;
export const maxProperties = 128;

/** The store of images, with Glance's rules about who may see and change what. */
export class Images {
  readonly #images = new Map<string, Image>();

  constructor(
    private readonly clock: WorldClock,
    private readonly ids: Ids,
    private readonly quotas: Readonly<Record<string, number>> = {},
  ) {}

  all(): Image[] {
    return [...this.#images.values()];
  }

  get(id: string): Image | undefined {
    return this.#images.get(id);
  }

  /** What a project uses of the quotas. */
  usage(owner: string): Record<ImageQuota, number> {
    return imageUsage(this.all(), owner);
  }

  /** @throws {Refusal} 413 when the project has as many images as it may */
  checkNew(owner: string): void {
    checkImageQuota(this.quotas, this.usage(owner), owner, { image_count_total: 1 });
  }

  /**
   * Lets data come for an image.
   *
   * @throws {Refusal} 400 for an image without formats, 413 when the project has no room for more,
   * or too many uploads
   */
  beginUpload(image: Image): void {
    const missing = [
      ...(image.diskFormat === null ? ["disk_format"] : []),
      ...(image.containerFormat === null ? ["container_format"] : []),
    ];
    if (missing.length > 0) {
      const properties = missing.length === 1 ? "Property" : "Properties";
      throw new Refusal(
        400,
        `${properties} ${missing.join(", ")} must be set prior to saving data.`,
      );
    }
    const before = image.status;
    image.status = "saving";
    // Glance counts the image itself among the uploads, and what is full already is full.
    const wanted = { image_size_total: 0, image_count_uploading: 0 };
    try {
      checkImageQuota(this.quotas, this.usage(image.owner), image.owner, wanted);
    } catch (error) {
      image.status = before;
      throw error;
    }
    this.touch(image);
  }

  create(owner: string, options: ImageOptions = {}): Image {
    const id = options.id ?? this.ids.uuid();
    if (this.#images.has(id)) throw new Refusal(409, `Image ID ${id} already exists!`);
    const now = this.clock.now();
    const image: Image = {
      name: null,
      status: "queued",
      visibility: "shared",
      tags: [],
      properties: {},
      isProtected: false,
      isHidden: false,
      minDisk: 0,
      minRam: 0,
      diskFormat: null,
      containerFormat: null,
      size: null,
      virtualSize: null,
      checksum: null,
      hashValue: null,
      content: undefined,
      bytes: undefined,
      ...options,
      id,
      owner,
      createdAt: now,
      updatedAt: now,
      members: new Map(),
    };
    this.#images.set(id, image);
    return image;
  }

  /** Fills the image: from now on it is active and has a checksum of what is really in it. */
  setContent(image: Image, content: DiskContent | undefined, size: number, virtualSize: number) {
    const bytes = JSON.stringify(content ?? {});
    image.content = content === undefined ? undefined : structuredClone(content);
    image.status = "active";
    image.size = size;
    image.virtualSize = virtualSize;
    image.checksum = createHash("md5").update(bytes).digest("hex");
    image.hashValue = createHash("sha512").update(bytes).digest("hex");
    this.touch(image);
  }

  /**
   * Fills the image with a file: size and checksums are the file's.
   *
   * @param content what a guest that boots from it finds on its disk
   */
  setBytes(image: Image, bytes: Buffer, content?: DiskContent): void {
    image.bytes = bytes;
    image.content = content;
    image.status = "active";
    image.size = bytes.length;
    image.virtualSize = virtualSizeOf(bytes);
    image.checksum = createHash("md5").update(bytes).digest("hex");
    image.hashValue = createHash("sha512").update(bytes).digest("hex");
    this.touch(image);
  }

  /** Takes an image back to `queued` after an upload that failed. */
  restore(image: Image): void {
    image.status = "queued";
    image.size = null;
    image.virtualSize = null;
    this.touch(image);
  }

  /** Makes the image active without data: the checksums are those of no bytes at all. */
  setEmpty(image: Image): void {
    image.status = "active";
    image.size = 0;
    image.diskFormat = "qcow2";
    image.containerFormat = "bare";
    image.checksum = createHash("md5").digest("hex");
    image.hashValue = createHash("sha512").digest("hex");
    this.touch(image);
  }

  /** A copy of the disk in the image; an empty one where there is none. */
  contentOf(image: Image): DiskContent {
    return structuredClone(image.content ?? emptyDisk());
  }

  touch(image: Image): void {
    image.updatedAt = this.clock.now();
  }

  /** Whether `who` may read the image when it knows the id. */
  isVisible(image: Image, who: Caller): boolean {
    if (who.isAdmin || image.owner === who.projectId) return true;
    if (image.visibility === "public" || image.visibility === "community") return true;
    return image.visibility === "shared" && image.members.has(who.projectId);
  }

  /** Whether the image is in `who`'s list: a shared one only once it has been accepted. */
  isListed(image: Image, who: Caller): boolean {
    if (image.owner === who.projectId || image.visibility === "public") return true;
    return image.visibility === "shared" && image.members.get(who.projectId) === "accepted";
  }

  /** @throws {Refusal} 404 also for an image that exists but is not `who`'s to see */
  show(id: string, who: Caller): Image {
    const image = this.#images.get(id);
    const visible = image !== undefined && this.isVisible(image, who) ? image : undefined;
    return found(visible, () => new Refusal(404, `No image found with ID ${id}`));
  }

  /** @throws {Refusal} 403 unless `who` owns the image */
  owned(id: string, who: Caller, refusal = "You do not own this image"): Image {
    const image = this.show(id, who);
    if (!who.isAdmin && image.owner !== who.projectId) throw new Refusal(403, refusal);
    return image;
  }

  delete(id: string, who: Caller): void {
    const known = this.#images.get(id);
    if (known === undefined || !this.isVisible(known, who)) {
      throw new Refusal(404, `Failed to find image ${id} to delete`);
    }
    const image = this.owned(id, who);
    if (image.isProtected) {
      throw new Refusal(403, `Image ${id} is protected and cannot be deleted.`);
    }
    this.remove(id);
  }

  /** Removes without asking anyone, as Nova does with the image of a failed snapshot. */
  remove(id: string): void {
    this.#images.delete(id);
  }
}

const qcow2Magic = "QFI\xfb";

/** Size of the disk in a file, as Glance reads it off the header of a qcow2. */
function virtualSizeOf(bytes: Buffer): number {
  const isQcow2 = bytes.length >= 32 && bytes.toString("latin1", 0, 4) === qcow2Magic;
  return isQcow2 ? Number(bytes.readBigUInt64BE(24)) : bytes.length;
}
