import { z } from "zod";
import type { Image } from "../images";
import type { BlockDevice } from "./building";
import type { ServerVolume } from "./records";

const mappingSchema = z.array(
  z.object({
    source_type: z.enum(["image", "volume", "snapshot", "blank"]),
    destination_type: z.enum(["local", "volume"]),
    snapshot_id: z.string().nullish(),
    boot_index: z.number().nullable(),
    volume_size: z.number().optional(),
    delete_on_termination: z.boolean().optional(),
  }),
);

/** The disks that an image of a volume-backed server stands for; of any other image none. */
export function mappedDevices(image: Image | undefined): BlockDevice[] {
  const text = image?.properties["block_device_mapping"];
  if (text === undefined) return [];
  return mappingSchema
    .parse(JSON.parse(text))
    .map(({ snapshot_id, ...device }) => ({ ...device, uuid: snapshot_id ?? undefined }));
}

/** A disk as Nova writes it into the image of a volume-backed server (objects/block_device.py). */
export function mappingEntry(
  { device, deleteOnTermination, isRoot }: ServerVolume,
  snapshot: { id: string; size: number },
) {
  return {
    snapshot_id: snapshot.id,
    encrypted: null,
    guest_format: null,
    disk_bus: isRoot ? "virtio" : null,
    no_device: null,
    delete_on_termination: deleteOnTermination,
    device_name: device,
    encryption_options: null,
    volume_id: null,
    volume_type: null,
    boot_index: isRoot ? 0 : null,
    image_id: null,
    device_type: isRoot ? "disk" : null,
    source_type: "snapshot",
    encryption_secret_uuid: null,
    destination_type: "volume",
    volume_size: snapshot.size,
    encryption_format: null,
    tag: null,
  };
}
