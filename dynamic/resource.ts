import {
  createUrn,
  dynamic,
  type CustomResourceOptions,
  type Inputs,
  type Output,
} from "@pulumi/pulumi";

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
    const urn = createUrn(name, `pulumi-nodejs:dynamic/snapset:${type}`, opts.parent);
    super(provider, name, { ...props, selfUrn: detached(urn) }, opts, "snapset", type);
  }
}

/**
 * The value without what it was made from: a URN is made from its parent's, and depending on a
 * component means to wait for all its children, which would then wait for each other.
 */
function detached(value: Output<string>): Promise<string> {
  return new Promise((resolve) => {
    value.apply(resolve);
  });
}
