export { openshiftApp } from "./app";
export { clusterOnDisk, type ClusterState, type WorkerDisk } from "./clusterState";
export { clustersOf, type ClusterWorld, type Clusters } from "./clusters";
export { changeCluster, clusterControlApp, type ClusterChange } from "./control";
export { kubeconfigFor } from "./kubeconfig";
export type { ModelCluster } from "./modelCluster";
export { clusterTimes, lifetimes } from "./times";
