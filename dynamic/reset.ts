import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { ResetInputs, ResetOutputs } from "../platforms/nova/reset/types";
import { ReportingResource } from "./resource";
import { providerStub } from "./stub";

const provider = providerStub("Reset");

type Node = ResetInputs["nodes"][number];

/** What is not known of a node in a preview must not hide the rest: each of its values is one input. */
export type ResetNodeArgs = Pick<Node, "name" | "role"> & {
  serverId: Input<string>;
  imageId: Input<string>;
  volumes: { name: string; volumeId: Input<string> }[];
};

export type ResetArgs = {
  [K in Exclude<keyof ResetInputs, "selfUrn" | "nodes">]: Input<ResetInputs[K]>;
} & { nodes: ResetNodeArgs[] };

/** The servers of a restored environment, put back to a set in place. */
export class Reset extends ReportingResource {
  declare readonly phases: Output<ResetOutputs["phases"]>;

  constructor(name: string, args: ResetArgs, opts?: CustomResourceOptions) {
    super(provider, "Reset", name, { phases: undefined, phase: undefined, ...args }, opts);
  }
}
