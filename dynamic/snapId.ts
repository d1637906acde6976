import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { SnapIdInputs } from "./providers/snapId";
import { ReportingResource } from "./resource";
import { providerStub } from "./stub";

const provider = providerStub("SnapId");

export interface SnapIdArgs {
  capture: Input<string>;
  deletionPolicy: Input<"Delete" | "Retain">;
  kubevirt?: Input<SnapIdInputs["kubevirt"]>;
}

/** A snap_id, picked once for each capture. */
export class SnapId extends ReportingResource {
  declare readonly snapId: Output<string>;

  constructor(name: string, args: SnapIdArgs, opts?: CustomResourceOptions) {
    super(provider, "SnapId", name, { snapId: undefined, ...args }, opts);
  }
}
