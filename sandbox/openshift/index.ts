export { openshiftApp } from "./app";
export { clusterOnDisk } from "./clusterState";
export { clustersOf, type ClusterWorld } from "./clusters";
export { changeCluster, clusterControlApp, type ClusterChange } from "./control";
export { kubeconfigFor } from "./kubeconfig";
