import { connectCluster, type Cluster } from "../../../openshift";
import type { Context } from "../context";
import type { ClusterInputs } from "./inputs";

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
