import type { Image } from "../../world/images";

/** Glance's time stamps: whole seconds, with a Z. */
const stamp = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;

/** An image as Glance shows it: its properties beside its own fields. */
export function imageView(image: Image) {
  const self = `/v2/images/${image.id}`;
  return {
    ...image.properties,
    name: image.name,
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    visibility: image.visibility,
    size: image.size,
    virtual_size: image.virtualSize,
    status: image.status,
    checksum: image.checksum,
    protected: image.isProtected,
    min_ram: image.minRam,
    min_disk: image.minDisk,
    owner: image.owner,
    os_hidden: image.isHidden,
    os_hash_algo: image.hashValue === null ? null : "sha512",
    os_hash_value: image.hashValue,
    id: image.id,
    created_at: stamp(image.createdAt),
    updated_at: stamp(image.updatedAt),
    tags: image.tags,
    self,
    file: `${self}/file`,
    schema: "/v2/schemas/image",
  };
}

/** What {@link imageView} makes. */
export type ImageView = ReturnType<typeof imageView>;
