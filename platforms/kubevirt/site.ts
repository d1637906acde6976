import { ClusterError } from "../../openshift";
import type { Site } from "../platform";
import type { KubeVirtContext } from "./context";
import { findInstances } from "./instances";
import { kubeVirtPlatform } from "./platform";
import { kubeVirtStore } from "./store";

/** KubeVirt in one namespace of a cluster, which keeps its sets itself. */
export function kubeVirtSite(context: KubeVirtContext): Site {
  const { clock, signal, report, warn, kubevirt } = context;
  const store = kubeVirtStore(context);
  return {
    clock,
    signal,
    report,
    warn,
    store,
    platforms: { kubevirt: kubeVirtPlatform(context) },
    now: () => kubevirt.now(),
    findInstances: (inputs) => findInstances(inputs, store, context),
    isOutOfReach: (error) => error instanceof ClusterError && error.status === undefined,
    // What surrounds the machines is the cluster's, and no part of the set.
    describe: () => Promise.resolve({ environment: null, findings: [] }),
    quiesceCluster: () => Promise.resolve(),
  };
}
