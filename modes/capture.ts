import * as pulumi from "@pulumi/pulumi";
import { Capture } from "../components/Capture";
import { loadInstances } from "../components/files";
import type { CaptureConfig } from "../snapset/config";
import type { Environment as EnvironmentSpec } from "../snapset/environment/environment";
import { parseSnapsetData, toSnapsetData } from "../snapset/snapsetData";
import { declareHooks, stackHooksOf } from "./hooks";
import { withPlainErrors } from "./plainErrors";

/**
 * A set of the servers of another stack, or of those named.
 *
 * @param name of the stack
 */
export function capture(name: string, config: CaptureConfig) {
  const source = sourceOf(name, config);
  const { images, snapshots, snapId, snapsetData, notAfter, timings } = new Capture(name, {
    ...source,
    settings: config,
    before: (snapId) => hooksOf(name, config, source, snapId),
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

/** The source's hooks are known when its outputs are. */
function hooksOf(
  name: string,
  config: CaptureConfig,
  { environment, instances, controllerIp }: ReturnType<typeof sourceOf>,
  snapId: pulumi.Output<string>,
): pulumi.Output<pulumi.Resource[]> {
  const data = pulumi.output(instances).apply(toSnapsetData);
  const declare = withPlainErrors((spec: EnvironmentSpec | null) => {
    const when = { knows: { snapId, controllerIp, data }, triggers: [snapId] };
    const hooks = declareHooks(name, stackHooksOf("beforeCapture", spec, config), when);
    return hooks?.last === undefined ? [] : [hooks.last];
  });
  return pulumi.unsecret(pulumi.output(environment)).apply(declare);
}

function sourceOf(name: string, config: CaptureConfig) {
  if (config.kubevirt !== undefined) {
    return { instances: [], environmentName: name, environment: null, controllerIp: null };
  }
  if (config.source === undefined) {
    const instances = loadInstances(config.instances ?? {});
    return { instances, environmentName: name, environment: null, controllerIp: null };
  }
  const source = new pulumi.StackReference(
    `${pulumi.getOrganization()}/${pulumi.getProject()}/${config.source}`,
  );
  const environment = source.getOutput("environment") as pulumi.Output<EnvironmentSpec | undefined>;
  const host = source.getOutput("controller_ansible_host") as pulumi.Output<
    { ansible_host: string } | null | undefined
  >;
  return {
    controllerIp: host.apply((it) => it?.ansible_host ?? null),
    instances: source
      .requireOutput("snapset_data")
      .apply(withPlainErrors((data) => parseSnapsetData(data, `stack ${config.source ?? ""}`))),
    environmentName: environment.apply((spec) => spec?.name ?? config.source ?? name),
    environment: environment.apply((spec) => spec ?? null),
  };
}
