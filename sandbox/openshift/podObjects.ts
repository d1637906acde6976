import type { ModelCluster } from "./modelCluster";
import type { StoredPod } from "./nodePods";
import { time, uidOf, type WireObject } from "./objects";

/** The namespace of the machine-config operator; its daemon runs on each node. */
const machineConfigNamespace = "openshift-machine-config-operator";

const daemonImage = `quay.example/openshift-machine-config@sha256:${"1".repeat(64)}`;

/** core/v1 Pods: one machine-config daemon per node, and what was posted. */
export function podObjects(
  cluster: ModelCluster,
  powerOff: (serverId: string) => void,
): WireObject[] {
  cluster.pods.run(powerOff);
  const posted = cluster.pods.list().map((pod) => podObject(cluster, pod));
  return [...daemons(cluster), ...posted];
}

function daemons(cluster: ModelCluster): WireObject[] {
  const { clusterId } = cluster.state;
  return cluster.standings().map(({ name, node, ready }) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `machine-config-daemon-${uidOf(clusterId, "daemon", name).slice(0, 5)}`,
      namespace: machineConfigNamespace,
      uid: uidOf(clusterId, "daemon", name),
      resourceVersion: String(Math.round(node.createdAt)),
      creationTimestamp: time(node.createdAt),
      labels: { "k8s-app": "machine-config-daemon" },
    },
    spec: {
      nodeName: name,
      containers: [{ name: "machine-config-daemon", image: daemonImage }],
    },
    status: {
      // a pod of a dead node stays Running; only its condition tells
      phase: "Running",
      conditions: [{ type: "Ready", status: ready === "True" ? "True" : "False" }],
    },
  }));
}

/** A posted pod as the API shows it. */
export function podObject(cluster: ModelCluster, pod: StoredPod): WireObject {
  const phase = cluster.pods.phaseOf(pod);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      uid: pod.uid,
      resourceVersion: String(Math.round(cluster.clock.nowMs())),
      creationTimestamp: time(pod.createdAt),
      labels: pod.labels,
      annotations: pod.annotations,
    },
    spec: pod.spec,
    status: { phase },
  };
}
