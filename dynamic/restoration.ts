import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { RestorationInputs, RestorationOutputs } from "./providers/restoration";
import { ReportingResource } from "./resource";
import { providerStub } from "./stub";

const provider = providerStub("Restoration");

export type RestorationArgs = {
  [K in keyof Omit<RestorationInputs, "selfUrn">]: Input<RestorationInputs[K]>;
};

/** Members of a set on machines that the engine has not made: bare-metal nodes, virtual machines. */
export class Restoration extends ReportingResource {
  declare readonly phases: Output<RestorationOutputs["phases"]>;

  constructor(name: string, args: RestorationArgs, opts?: CustomResourceOptions) {
    super(provider, "Restoration", name, { phases: undefined, phase: undefined, ...args }, opts);
  }
}
