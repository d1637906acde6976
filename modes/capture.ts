import * as pulumi from "@pulumi/pulumi";
import { Capture } from "../components/Capture";
import { loadInstances } from "../components/files";
import type { CaptureConfig } from "../snapset/config";
import type { Environment as EnvironmentSpec } from "../snapset/environment/environment";
import { parseSnapsetData } from "../snapset/snapsetData";
import { withPlainErrors } from "./plainErrors";

/**
 * A set of the servers of another stack, or of those named.
 *
 * @param name of the stack
 */
export function capture(name: string, config: CaptureConfig) {
  const { images, snapshots, snapId, snapsetData, notAfter, timings } = new Capture(name, {
    ...sourceOf(name, config),
    settings: config,
  });
  return {
    snap_id: snapId,
    images,
    snapshots,
    snapset_data: snapsetData,
    not_after: notAfter,
    timings,
  };
}

function sourceOf(name: string, config: CaptureConfig) {
  if (config.source === undefined) {
    const instances = loadInstances(config.instances ?? {});
    return { instances, environmentName: name, environment: null };
  }
  const source = new pulumi.StackReference(
    `${pulumi.getOrganization()}/${pulumi.getProject()}/${config.source}`,
  );
  const environment = source.getOutput("environment") as pulumi.Output<EnvironmentSpec | undefined>;
  return {
    instances: source
      .requireOutput("snapset_data")
      .apply(withPlainErrors((data) => parseSnapsetData(data, `stack ${config.source ?? ""}`))),
    environmentName: environment.apply((spec) => spec?.name ?? config.source ?? name),
    environment: environment.apply((spec) => spec ?? null),
  };
}
