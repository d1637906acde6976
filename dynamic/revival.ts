import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { RevivalInputs, RevivalOutputs } from "./providers/revival";
import { ReportingResource } from "./resource";
import { providerStub } from "./stub";

const provider = providerStub("Revival");

export type RevivalArgs = {
  [K in keyof Omit<RevivalInputs, "selfUrn">]: Input<RevivalInputs[K]>;
};

/** The cluster of a restored environment, brought back and proven. */
export class Revival extends ReportingResource {
  declare readonly evidence: Output<RevivalOutputs["evidence"]>;

  constructor(name: string, args: RevivalArgs, opts?: CustomResourceOptions) {
    const outputs = { evidence: undefined, phase: undefined };
    super(provider, "Revival", name, { ...outputs, ...args }, opts);
  }
}
