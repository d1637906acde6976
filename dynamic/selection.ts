import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { SelectionInputs, SelectionOutputs } from "./providers/selection";
import type { ManifestMember } from "../snapset/manifest";
import type { Places } from "../snapset/placement/places";
import { ReportingResource } from "./resource";
import { providerStub } from "./stub";

const provider = providerStub("Selection");

export type SelectionArgs = {
  [K in keyof Omit<SelectionInputs, "selfUrn">]: Input<SelectionInputs[K]>;
};

/** The set to restore, and what names stand for in the cloud: chosen once, and kept. */
export class Selection extends ReportingResource {
  /** Null for an environment from base images. */
  declare readonly chosen: Output<string>;
  declare readonly images: Output<SelectionOutputs["images"]>;
  declare readonly volumes: Output<SelectionOutputs["volumes"]>;
  declare readonly places: Output<Places>;
  declare readonly notAfter: Output<string | null>;
  declare readonly capturedAt: Output<string | null>;
  declare readonly environment: Output<SelectionOutputs["environment"]>;
  declare readonly cluster: Output<SelectionOutputs["cluster"]>;
  declare readonly members: Output<ManifestMember[]>;

  constructor(name: string, args: SelectionArgs, opts?: CustomResourceOptions) {
    const outputs = {
      chosen: undefined,
      images: undefined,
      volumes: undefined,
      places: undefined,
      notAfter: undefined,
      capturedAt: undefined,
      environment: undefined,
      cluster: undefined,
      members: undefined,
    };
    // The environment's user data may hold passwords.
    const secrets = { additionalSecretOutputs: ["environment"] };
    super(provider, "Selection", name, { ...outputs, ...args }, { ...opts, ...secrets });
  }
}
