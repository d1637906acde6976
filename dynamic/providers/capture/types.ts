import type { Environment } from "../../../snapset/environment";
import type { ClusterFacts, PhaseRecord } from "../../../snapset/manifest";
import type { Instance } from "../../../snapset/snapsetData";
import type { ClusterInputs } from "../cluster/settings";

/** Inputs of the SnapSet resource. */
export interface CaptureInputs {
  snapId: string;
  environmentName: string;
  /** The environment as its stack declared it; null when only servers were named. */
  environment: Environment | null;
  instances: Instance[];
  parallelImages: number;
  /** Milliseconds. */
  deadlines: { stop: number; images: number };
  cluster: ClusterInputs | null;
  deletionPolicy: "Delete" | "Retain";
  afterCapture: "leave" | "resume";
  /** The resource's own URN, for its row of progress; an input named `urn` would be dropped. */
  selfUrn: string;
}

/** What a capture has found out and changed so far; kept when it stops half-way. */
export interface CaptureProgress {
  capturedAt: string;
  timings: PhaseRecord[];
  notAfter: string | null;
  cluster: ClusterFacts | null;
  /** Servers that this capture stopped, by member name: the ones to start again. */
  stopped: string[];
  /** Whether this capture made the cluster's nodes unschedulable and told them to go down. */
  quiesced: boolean;
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

/** Outputs of the SnapSet resource. */
export interface CaptureOutputs extends CaptureInputs {
  schemaVersion: number;
  /** Whole only when `committed`. */
  phase: "unfinished" | "committed";
  progress: CaptureProgress;
  images: ImageRow[];
}
