import type { CaptureProgress } from "../../snapset/capture/progress";
import type { Environment } from "../../snapset/environment/environment";
import type { Consistency, VolumePolicy } from "../../snapset/manifest";
import type { Instance } from "../../snapset/snapsetData";
import type { ClusterInputs } from "../cluster/inputs";
import type { KubeVirtInputs } from "../kubevirt/inputs";

/** Inputs of the SnapSet resource. */
export interface CaptureInputs {
  snapId: string;
  environmentName: string;
  /** The environment as its stack declared it; null when only servers were named. */
  environment: Environment | null;
  instances: Instance[];
  /** Where virtual machines are found, instead of instances. Absent in older state: nowhere. */
  kubevirt?: KubeVirtInputs | null;
  consistency: Consistency;
  /** What the set does with volumes, by name or id; the others are as their environment says. */
  volumes: Record<string, VolumePolicy>;
  /** Images under way at a time, in all. */
  parallelImages: number;
  /** … and on one compute host. */
  imagesPerHost: number;
  /**
   * Milliseconds: for servers to stop and start and snapshots to be deleted; for all images; and how
   * long an image may be unfinished without a task of Nova before nobody works on it any more.
   */
  deadlines: { stop: number; images: number; idle: number };
  /** Nova's `shutdown_timeout`, milliseconds. */
  shutdownTimeout: number;
  cluster: ClusterInputs | null;
  deletionPolicy: "Delete" | "Retain";
  afterCapture: "leave" | "resume";
  onFailure: "giveBack" | "keep";
  /** The resource's own URN, for its row of progress; an input named `urn` would be dropped. */
  selfUrn: string;
}

/** One row of the table of images. */
export interface ImageRow {
  member: string;
  role: string;
  imageId: string;
  imageName: string;
  sizeBytes: number;
  macAddresses: string[];
}

/** One row of the table of volumes. */
export interface VolumeRow {
  member: string;
  name: string;
  device: string | null;
  policy: VolumePolicy;
  sizeGb: number;
  /** Null for a volume that the set does not hold. */
  snapshotId: string | null;
}

/** Outputs of the SnapSet resource. */
export interface CaptureOutputs extends CaptureInputs {
  schemaVersion: number;
  /** Whole only when `committed`; `given back` has nothing in the cloud any more. */
  phase: "unfinished" | "given back" | "committed";
  progress: CaptureProgress;
  images: ImageRow[];
  snapshots: VolumeRow[];
}
