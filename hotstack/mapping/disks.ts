import type { ResolvedResource } from "../hot/stack";
import { shown, type ValueMap } from "../values";
import { given, mapsOf, nameOf, textOf, type Resources } from "./Resources";

/** One of a server's volumes, in the words of an environment. */
interface Disk {
  name: string;
  sizeGb: unknown;
  type: string | undefined;
  image: string | undefined;
  device: object | undefined;
  bootIndex: number;
}

/** A node's image, root volume and volumes. */
export function disksOf(server: ResolvedResource, resources: Resources): object {
  const image = textOf(resources, server, "image");
  const disks = mapsOf(server, "block_device_mapping_v2").flatMap((it, i) =>
    diskOf(it, i, server, resources),
  );
  const roots = disks.filter(({ bootIndex }) => bootIndex === 0);
  const place = server.placeOf(disks.length === 0 ? "image" : "block_device_mapping_v2");
  const path = `resources.${server.name}`;
  if (roots.length + (image === undefined ? 0 : 1) !== 1) {
    const text = "exactly one thing must have boot_index 0: an image, or a volume";
    resources.problems.add(place, `${path}: ${text}`);
    return {};
  }
  const [root] = roots;
  if (root !== undefined && root.image === undefined) {
    resources.problems.add(place, `${path}: boots from ${root.name}, which is not of an image`);
  }
  const data = disks.filter((disk) => disk !== root);
  return {
    image: root?.image ?? image,
    ...given("rootVolume", root && rootOf(root)),
    volumes: data.map(({ name, bootIndex, ...disk }) => ({
      name,
      ...rootOf(disk),
      ...given("image", disk.image),
      ...given("bootIndex", bootIndex > 0 ? bootIndex : undefined),
    })),
  };
}

function rootOf({ sizeGb, type, device }: Pick<Disk, "sizeGb" | "type" | "device">): object {
  return { sizeGb, ...given("type", type), ...given("device", device) };
}

function diskOf(it: ValueMap, i: number, server: ResolvedResource, resources: Resources): Disk[] {
  const path = `resources.${server.name}.block_device_mapping_v2[${i}]`;
  const place = server.placeOf("block_device_mapping_v2");
  const volumeId = it["volume_id"];
  // Heat's default for what can be booted from.
  const bootIndex = typeof it["boot_index"] === "number" ? it["boot_index"] : 0;
  const shape = { device: deviceOf(it), bootIndex };
  if (volumeId !== undefined) {
    const volume = resources.byId(volumeId, "OS::Cinder::Volume", place, `${path}.volume_id`);
    return volume === undefined ? [] : [{ ...volumeOf(volume, resources), ...shape }];
  }
  const image = it["image_id"] ?? it["image"];
  if (typeof image === "string" && it["volume_size"] !== undefined) {
    const { volume_size: sizeGb, volume_type: type } = it;
    const name = `${server.name}-disk${i}`;
    return [{ name, sizeGb, image, type: typeof type === "string" ? type : undefined, ...shape }];
  }
  resources.problems.add(
    place,
    `${path}: needs a volume_id, or an image_id with a volume_size, got ${shown(it)}`,
  );
  return [];
}

function volumeOf(volume: ResolvedResource, resources: Resources) {
  if (resources.isUsed(volume)) {
    resources.problems.add(volume.place, `resources.${volume.name}: has a server already`);
  }
  resources.use(volume);
  return {
    name: nameOf(volume),
    sizeGb: volume.properties["size"],
    type: textOf(resources, volume, "volume_type"),
    image: textOf(resources, volume, "image"),
  };
}

/** A disk on the bus of the cloud's choice needs no word. */
function deviceOf({ device_type: type = "disk", disk_bus: bus }: ValueMap): object | undefined {
  return type === "disk" && bus === undefined ? undefined : { type, ...given("bus", bus) };
}
