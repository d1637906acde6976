import type { ClusterSettings } from "../../../snapset/config";
import { connectCluster, type Cluster } from "../../../openshift";
import type { Context } from "../context";

/** How to reach a cluster and how patient to be, as a resource's input. Durations in milliseconds. */
export interface ClusterInputs {
  /** Path of a kubeconfig; null when the stack's configuration holds the kubeconfig itself. */
  kubeconfig: string | null;
  stability: { beforeShutdown: number; initial: number; extended: number };
  rotation: { mode: "gate" | "wait" | "off"; minValidity: number; wait: number };
  debugImage: string | null;
  deadline: number;
}

/** The settings without their secret: that stays in the configuration, where providers read it. */
export function clusterInputsOf(settings: ClusterSettings): ClusterInputs {
  return {
    kubeconfig: settings.kubeconfig ?? null,
    stability: settings.stability,
    rotation: settings.rotation,
    debugImage: settings.debugImage ?? null,
    deadline: settings.deadline,
  };
}

/** Connects to the cluster that the inputs name. */
export async function openCluster(inputs: ClusterInputs, context: Context): Promise<Cluster> {
  const { clock, signal } = context;
  if (inputs.kubeconfig !== null) {
    return connectCluster({ kubeconfig: { path: inputs.kubeconfig }, clock, signal });
  }
  const content = context.kubeconfigContent;
  if (content === undefined) {
    throw new Error("the configuration has lost snapset:cluster.kubeconfigContent");
  }
  return connectCluster({ kubeconfig: { content }, clock, signal });
}
