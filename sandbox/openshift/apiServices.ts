import type { ModelCluster } from "./modelCluster";
import { time, uidOf, type WireObject } from "./objects";

/** Served by the API server itself, and by pods of the cluster. */
const local = ["v1.", "v1.apps", "v1.coordination.k8s.io", "v1.config.openshift.io"];
const aggregated = ["v1.route.openshift.io", "v1.project.openshift.io", "v1beta1.metrics.k8s.io"];

/** apiregistration.k8s.io/v1 APIServices, cut down to a few. */
export function apiServiceObjects(cluster: ModelCluster): WireObject[] {
  const isServed = cluster.servesAggregated();
  return [
    ...local.map((name) => apiService(cluster, name, null, true)),
    ...aggregated.map((name) =>
      apiService(cluster, name, { name: "api", namespace: name }, isServed),
    ),
  ];
}

function apiService(
  cluster: ModelCluster,
  name: string,
  service: { name: string; namespace: string } | null,
  isAvailable: boolean,
): WireObject {
  const [version = "", ...group] = name.split(".");
  return {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: {
      name,
      uid: uidOf(cluster.state.clusterId, "apiservice", name),
      resourceVersion: String(Math.round(cluster.clock.nowMs())),
      creationTimestamp: time(cluster.state.apiAt),
    },
    spec: { version, group: group.join("."), service },
    status: {
      conditions: [
        {
          type: "Available",
          status: isAvailable ? "True" : "False",
          reason: service ? (isAvailable ? "Passed" : "MissingEndpoints") : "Local",
          message: "",
          lastTransitionTime: time(cluster.state.installedAt),
        },
      ],
    },
  };
}
