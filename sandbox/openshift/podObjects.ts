import type { ModelCluster } from "./modelCluster";
import type { StoredPod } from "./nodePods";
import { time, uidOf, type WireObject } from "./objects";
import { clusterTimes } from "./times";

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
  return [...daemons(cluster), ...cluster.workloads.objects(), ...posted];
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
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "DaemonSet",
          name: "machine-config-daemon",
          uid: "",
          controller: true,
        },
      ],
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

/** What a kubelet says of a container that it cannot start; nothing of others. */
function waiting(cluster: ModelCluster, { spec, ranAt, createdAt }: StoredPod) {
  const { isPullFailing } = cluster.faults.podFaultOf(spec.nodeName ?? "");
  if (!isPullFailing || ranAt !== undefined) return {};
  const image = spec.containers?.[0]?.image ?? "";
  const isFirst = cluster.clock.nowMs() < createdAt + cluster.scaled(clusterTimes.pullMs);
  const state = {
    waiting: isFirst
      ? { reason: "ErrImagePull", message: "dial tcp: lookup quay.example: no such host" }
      : { reason: "ImagePullBackOff", message: `Back-off pulling image "${image}"` },
  };
  return { containerStatuses: [{ name: "command", image, ready: false, restartCount: 0, state }] };
}

/** How its container ended. The kubelet keeps 4096 bytes of a termination message. */
function ended({ end, spec }: StoredPod, phase: string) {
  if (!end || (phase !== "Succeeded" && phase !== "Failed")) return {};
  const { exitCode, output } = end;
  const reason = exitCode === 0 ? "Completed" : "Error";
  const message = output.slice(-4096);
  const terminated = { exitCode, reason, ...(message !== "" && { message }) };
  const image = spec.containers?.[0]?.image ?? "";
  const state = { terminated };
  return { containerStatuses: [{ name: "command", image, ready: false, restartCount: 0, state }] };
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
    status: { phase, ...waiting(cluster, pod), ...ended(pod, phase) },
  };
}
