import { openstackSite } from "../../platforms/openstackSite";
import { withKubeVirt } from "../../platforms/kubevirt/context";
import type { KubeVirtInputs } from "../../platforms/kubevirt/inputs";
import { kubeVirtSite } from "../../platforms/kubevirt/site";
import type { Site } from "../../platforms/platform";
import { clusterSecretsOf } from "../../snapset/config";
import { runContext, withContext, type StackConfig } from "./context";
import type { Engine } from "./engine";

/** Where a capture takes place, as a resource's inputs tell it. */
export interface SiteInputs {
  /** Virtual machines in OpenShift; null, and absent in older state: it is an OpenStack. */
  kubevirt?: KubeVirtInputs | null;
  /** The resource's own URN, for its row of progress; an input named `urn` would be dropped. */
  selfUrn: string;
}

/** Runs `work` where the inputs say that sets are captured. */
export function withSite<T>(
  config: StackConfig,
  engine: Engine,
  { selfUrn, kubevirt }: SiteInputs,
  work: (site: Site) => Promise<T>,
): Promise<T> {
  if (kubevirt != null) {
    const clusterSecrets = clusterSecretsOf(config.get("snapset:kubevirt"));
    const context = { ...runContext(engine, selfUrn), clusterSecrets };
    return withKubeVirt(kubevirt, context, (opened) => work(kubeVirtSite(opened)));
  }
  return withContext(config, engine, selfUrn, (context) => work(openstackSite(context)));
}
