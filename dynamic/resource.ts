import { createUrn, dynamic, type CustomResourceOptions, type Inputs } from "@pulumi/pulumi";

/**
 * A dynamic resource that shows its progress on its own row: it is told its URN, which Pulumi does
 * not pass to providers, as the input `selfUrn`.
 */
export abstract class ReportingResource extends dynamic.Resource {
  protected constructor(
    provider: dynamic.ResourceProvider,
    type: string,
    name: string,
    props: Inputs,
    opts: CustomResourceOptions = {},
  ) {
    const selfUrn = createUrn(name, `pulumi-nodejs:dynamic/snapset:${type}`, opts.parent);
    super(provider, name, { ...props, selfUrn }, opts, "snapset", type);
  }
}
