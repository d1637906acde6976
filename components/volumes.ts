import * as openstack from "@pulumi/openstack";
import type { Input, Output, Resource } from "@pulumi/pulumi";
import {
  rootVolumeName,
  type EnvironmentNode,
  type EnvironmentVolume,
} from "../snapset/environment/environment";
import { markKey, methodKey } from "../snapset/reset/mark";
import type { ManifestVolume } from "../snapset/manifest";
import { findVolume, rootVolumeOf } from "../snapset/setVolumes";
import { given } from "./Network";
import type { Placed } from "./Placed";

/** What a set has of one node. */
export interface RestoredNode {
  snapId: Input<string>;
  volumes: Output<ManifestVolume[]>;
  /** Set when the server stays and is put back in place; `trigger` asks for another time. */
  inPlace?: { trigger: string } | undefined;
}

/** What the volumes of a node are declared from. */
export interface VolumesArgs {
  spec: EnvironmentNode;
  /** What a root volume of a new node is filled from. */
  imageId: Input<string>;
  /** Undefined for a new node. */
  restored: RestoredNode | undefined;
  /** Where the images of other volumes are found. */
  placed: Placed;
}

type Volume = openstack.blockstorage.Volume;

/** The volumes of a node. */
export interface NodeVolumes {
  /** The one that it boots from; undefined when it boots from its image. */
  root: AttachedVolume | undefined;
  /** In the order of their devices. */
  data: (AttachedVolume & { name: string })[];
}

/** A volume, and how its server has it. */
export interface AttachedVolume {
  volume: Volume;
  device: EnvironmentVolume["device"];
  /** 0 for the one that the server boots from, -1 for one that it never boots from. */
  bootIndex: number;
}

/** What a volume is filled from, and how large that makes it; empty without either. */
interface Source {
  size: Input<number>;
  imageId?: Input<string>;
  snapshotId?: Input<string>;
}

/** Declares the volumes of a node: from images, from a set's snapshots, or blank. */
export function declareVolumes(args: VolumesArgs, parent: Resource): NodeVolumes {
  const { spec, restored, placed } = args;
  const { rootVolume } = spec;
  const declare = (name: string, type: string | undefined, source: Source): Volume =>
    new openstack.blockstorage.Volume(
      // Another node may have one of that name: names of resources are unique in the stack.
      `${spec.name}/${name}`,
      {
        name,
        ...source,
        ...given("volumeType", type),
        ...given("metadata", restored && metadataOf(restored)),
      },
      { parent, ...changesOf(restored), aliases: [{ name }] },
    );
  return {
    root: rootVolume && {
      volume: declare(
        rootVolumeName(spec.name),
        rootVolume.type,
        rootSource(rootVolume.sizeGb, args),
      ),
      device: rootVolume.device,
      bootIndex: 0,
    },
    data: spec.volumes
      .filter(({ capture }) => restored === undefined || capture !== "exclude")
      .map((volume) => ({
        name: volume.name,
        volume: declare(volume.name, volume.type, dataSource(volume, restored, placed)),
        device: volume.device,
        bootIndex: volume.bootIndex ?? -1,
      })),
  };
}

/** What makes it another volume when it changes: its data are of another set, or wanted afresh. */
function metadataOf({ snapId, inPlace }: RestoredNode): Record<string, Input<string>> {
  return {
    snapset_restored: snapId,
    ...(inPlace && { [methodKey]: "rebuild" }),
    ...(inPlace === undefined || inPlace.trigger === "" ? {} : { [markKey]: inPlace.trigger }),
  };
}

/**
 * Data of one set beside the disks of another would be neither. In place, the old volume is on a server
 * that runs until the new one is there; the provider would delete it first.
 */
function changesOf(restored: RestoredNode | undefined) {
  if (restored?.inPlace === undefined) return { replaceOnChanges: ["metadata"] };
  const keys = ["snapset_restored", markKey];
  return {
    replaceOnChanges: keys.map((key) => `metadata.${key}`),
    deleteBeforeReplace: false,
  };
}

function rootSource(sizeGb: number, { imageId, restored }: VolumesArgs): Source {
  if (restored === undefined) return { size: sizeGb, imageId };
  return snapshotSource(sizeGb, restored.volumes.apply(rootVolumeOf));
}

function dataSource(
  { name, sizeGb, image, capture }: EnvironmentVolume,
  restored: RestoredNode | undefined,
  placed: Placed,
): Source {
  if (restored === undefined) {
    return {
      size: sizeGb,
      ...given("imageId", image === undefined ? image : placed.imageId(image)),
    };
  }
  if (capture !== "include") return { size: sizeGb };
  return snapshotSource(
    sizeGb,
    restored.volumes.apply((volumes) => findVolume(volumes, name)),
  );
}

/** Cinder makes no volume smaller than the snapshot that it is filled from. */
function snapshotSource(sizeGb: number, captured: Output<ManifestVolume | undefined>): Source {
  const held = captured.apply((it) => (it?.policy === "include" ? it : undefined));
  return {
    size: held.apply((it) => Math.max(sizeGb, it?.sizeGb ?? 0)),
    // What resolves to undefined is left out.
    snapshotId: held.apply((it) => it?.snapshotId ?? undefined) as Output<string>,
  };
}

/** Volumes as block devices of the server: they are made beside its ports, not after it. */
export function blockDevicesOf({ root, data }: NodeVolumes, imageId: Input<string>) {
  if (root === undefined && data.length === 0) return undefined;
  const image = {
    uuid: imageId,
    sourceType: "image",
    destinationType: "local",
    bootIndex: 0,
    deleteOnTermination: true,
  };
  return [root === undefined ? image : volumeDevice(root), ...data.map(volumeDevice)];
}

function volumeDevice({ volume, device, bootIndex }: AttachedVolume) {
  return {
    uuid: volume.id,
    sourceType: "volume",
    destinationType: "volume",
    bootIndex,
    deleteOnTermination: false,
    ...given("deviceType", device?.type),
    ...given("diskBus", device?.bus),
  };
}
