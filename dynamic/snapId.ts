import { dynamic, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { providerStub } from "./stub";

const provider = providerStub("SnapId");

/** A snap_id, picked once for each capture. */
export class SnapId extends dynamic.Resource {
  declare readonly snapId: Output<string>;

  constructor(name: string, args: { capture: Input<string> }, opts?: CustomResourceOptions) {
    super(provider, name, { snapId: undefined, ...args }, opts, "snapset", "SnapId");
  }
}
