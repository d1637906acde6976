import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { CaptureProgress } from "../snapset/capture/progress";
import type { CaptureInputs, ImageRow, VolumeRow } from "../platforms/capture/types";
import type { Instance } from "../snapset/snapsetData";
import { ReportingResource } from "./resource";
import { providerStub } from "./stub";

const provider = providerStub("SnapSet");

export type SnapSetArgs = {
  [K in keyof Omit<CaptureInputs, "selfUrn">]: Input<CaptureInputs[K]>;
};

/** A set: created by a capture, deleted with its images. */
export class SnapSet extends ReportingResource {
  declare readonly snapId: Output<string>;
  /** Those that were given, or found. */
  declare readonly instances: Output<Instance[]>;
  declare readonly images: Output<ImageRow[]>;
  declare readonly snapshots: Output<VolumeRow[]>;
  declare readonly progress: Output<CaptureProgress>;

  constructor(name: string, args: SnapSetArgs, opts?: CustomResourceOptions) {
    const outputs = {
      images: undefined,
      snapshots: undefined,
      progress: undefined,
      phase: undefined,
    };
    super(provider, "SnapSet", name, { ...outputs, ...args }, opts);
  }
}
